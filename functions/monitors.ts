import { app } from "@azure/functions";
import { getApp } from "../shared/app";
import { endpoint } from "./endpoint";

app.http("getMonitors", {
  methods: ["GET"],
  route: "monitors/{model}",
  authLevel: "function",
  handler: endpoint(async ({ params }) => ({
    jsonBody: { model: params.model, results: await getApp().monitors.list(params.model, 50) },
  })),
});
