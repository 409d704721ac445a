import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { type AuditRecord, auditPlace } from "../shared/ledger/auditEntry";
import { readAuditTrail } from "../shared/ledger/auditTrail";
import { auditedTables } from "../shared/storageNames";
import { endpoint } from "./endpoint";
import { requireSubject } from "./knownNames";
import { cursorAfter, pageOfRead, pageQuery } from "./listPage";
import { noteUnreadable } from "./unreadable";

const query = z.strictObject(pageQuery("audit"));

app.http("getAudit", {
  methods: ["GET"],
  route: "audit/{model}",
  authLevel: "function",
  handler: endpoint(async ({ params: { model } }, _context, { limit, cursor }) => {
    const { note, field } = noteUnreadable();
    const page = { limit: limit + 1, after: cursor, onUnreadable: note };
    const read = await readAuditTrail(getApp().tables, auditedTables, model, page);
    if (read.length === 0 && field().unreadable === undefined) await requireSubject(model);
    const { entries, last } = pageOfRead(read, auditPlace, limit);
    return { jsonBody: { model, entries: entries.map(auditReply), next: cursorAfter("audit", last), ...field() } };
  }, query),
});

/** What happened, to what, by whom, when and why. */
function auditReply({ operation, action, actor, subject, reason, at, details }: AuditRecord) {
  return { operation, action, actor, subject, reason, at, details };
}
