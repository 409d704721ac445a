import { app } from "@azure/functions";
import { z } from "zod";
import { type Alert, alertPlace, alertStatuses } from "../shared/alerts/alert";
import { getApp } from "../shared/app";
import { endpoint, readBody } from "./endpoint";
import { cursorAfter, pageOfRead, pageQuery } from "./listPage";
import { manualChange } from "./manualChange";
import { shownFields } from "./shownFields";
import { noteUnreadable } from "./unreadable";

const query = z.strictObject({
  subject: z.string().optional(),
  status: z.enum(alertStatuses).optional(),
  ...pageQuery("alerts"),
});

app.http("listAlerts", {
  methods: ["GET"],
  route: "alerts",
  authLevel: "function",
  handler: endpoint(async (_request, _context, { subject, status, limit, cursor }) => {
    const { note, field } = noteUnreadable();
    const read = await getApp().alerts.list(subject, limit + 1, status, cursor, note);
    const { entries, last } = pageOfRead(read, alertPlace, limit);
    return { jsonBody: { alerts: entries.map(alertReply), next: cursorAfter("alerts", last), ...field() } };
  }, query),
});

app.http("closeAlert", {
  methods: ["POST"],
  route: "alerts/{id}/close",
  authLevel: "admin",
  handler: endpoint(async (request) => {
    const by = await readBody(request, manualChange);
    return { jsonBody: alertReply(await getApp().alerts.close(request.params.id, by)) };
  }),
});

const alertFields = [
  "id",
  "subject",
  "rule",
  "severity",
  "status",
  "summary",
  "evidence",
  "actions",
  "raisedAt",
  "lastSeenAt",
  "occurrences",
  "confirm",
  "openedAt",
  "resolvedAt",
  "closedBy",
  "closeReason",
] as const;

/** An alert as people read it; `action` and `runId` are those of the newest note that has them. */
function alertReply(alert: Alert) {
  const action = alert.actions.at(-1)?.words;
  const runId = alert.actions.findLast((note) => note.runId !== undefined)?.runId;
  return { ...shownFields(alert, alertFields), action, runId };
}
