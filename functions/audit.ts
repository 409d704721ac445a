import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { readAuditTrail } from "../shared/governance/auditTrail";
import { endpoint, readQuery } from "./endpoint";

const query = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) });

app.http("getAudit", {
  methods: ["GET"],
  route: "audit/{model}",
  authLevel: "function",
  handler: endpoint(async (request) => {
    const { model } = request.params;
    const { limit } = readQuery(request, query);
    return { jsonBody: { model, entries: await readAuditTrail(getApp().auditSources, model, limit) } };
  }),
});
