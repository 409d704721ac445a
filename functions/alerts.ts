import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { endpoint, readBody } from "./endpoint";
import { manualChange } from "./manualChange";

const query = z.strictObject({
  subject: z.string().optional(),
  status: z.enum(["open", "resolved"]).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

app.http("listAlerts", {
  methods: ["GET"],
  route: "alerts",
  authLevel: "function",
  handler: endpoint(async (_request, _context, { subject, status, limit }) => {
    return { jsonBody: { alerts: await getApp().alerts.list(subject, limit, status) } };
  }, query),
});

app.http("closeAlert", {
  methods: ["POST"],
  route: "alerts/{id}/close",
  authLevel: "admin",
  handler: endpoint(async (request) => {
    const by = await readBody(request, manualChange);
    return { jsonBody: await getApp().alerts.close(request.params.id, by) };
  }),
});
