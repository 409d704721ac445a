// The smallest function that the programming model allows: its cost is the lower bound for every function on this host.
const { app } = require("@azure/functions");

app.http("empty", {
  methods: ["POST"],
  route: "empty",
  authLevel: "function",
  handler: async () => ({ status: 200, body: "{}", headers: { "content-type": "application/json" } }),
});
