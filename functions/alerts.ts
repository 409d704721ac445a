import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { endpoint } from "./endpoint";

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
    const alerts = await getApp().alerts.list(subject, limit);
    return { jsonBody: { alerts: alerts.filter((alert) => status === undefined || alert.status === status) } };
  }, query),
});
