import { app } from "@azure/functions";
import { getApp } from "../shared/app";
import { endpoint } from "./endpoint";

app.http("health", {
  methods: ["GET"],
  route: "health",
  authLevel: "anonymous",
  handler: endpoint(async () => ({
    jsonBody: { status: "ok", capture: getApp().capture?.state() ?? { mode: "off" } },
  })), // storage is not asked
});

app.http("readiness", {
  methods: ["GET"],
  route: "health/ready",
  authLevel: "anonymous",
  handler: endpoint(async () => {
    const report = await getApp().readiness.report();
    if (report.status === "ready") return { jsonBody: report };
    return { status: 503, headers: { "retry-after": "2" }, jsonBody: report };
  }),
});
