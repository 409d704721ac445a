// The least that the programming model can do: what it costs is the limit for every function on the same host.
const { app } = require("@azure/functions");

app.http("empty", {
  methods: ["POST"],
  route: "empty",
  authLevel: "function",
  handler: async () => ({ status: 200, body: "{}", headers: { "content-type": "application/json" } }),
});
