import { app } from "@azure/functions";
import { z } from "zod";
import { type Alert, alertPlace } from "../shared/alerts/alert";
import { acknowledge, type ChangeByHand, close, decideAction, silence, unsilence } from "../shared/alerts/alertByHand";
import { alertStates, stateOf } from "../shared/alerts/alertState";
import { getApp } from "../shared/app";
import { endpoint, readBody } from "./endpoint";
import { cursorAfter, pageOfRead, pageQuery } from "./listPage";
import { manualChange } from "./manualChange";
import { shownFields } from "./shownFields";
import { endOfSilence, silenceBody } from "./silenceBody";
import { noteUnreadable } from "./unreadable";

const query = z.strictObject({
  subject: z.string().optional(),
  status: z.enum(alertStates).optional(),
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

app.http("getAlert", {
  methods: ["GET"],
  route: "alerts/{id}",
  authLevel: "function",
  handler: endpoint(async ({ params: { id } }) => ({ jsonBody: alertReply(await getApp().alerts.get(id)) })),
});

/** An address that changes one alert: `changeOf` makes the change from the body. */
function changeAddress<Body>(
  name: string,
  verb: string,
  body: z.ZodType<Body>,
  changeOf: (body: Body, now: Date) => ChangeByHand,
): void {
  app.http(name, {
    methods: ["POST"],
    route: `alerts/{id}/${verb}`,
    authLevel: "admin",
    handler: endpoint(async (request) => {
      const { alerts, clock } = getApp();
      const change = changeOf(await readBody(request, body), clock.now());
      return { jsonBody: alertReply(await alerts.change(request.params.id, change)) };
    }),
  });
}

changeAddress("acknowledgeAlert", "acknowledge", manualChange, acknowledge);
changeAddress("silenceAlert", "silence", silenceBody, (body, now) => silence(body, endOfSilence(body, now)));
changeAddress("unsilenceAlert", "unsilence", manualChange, unsilence);
changeAddress("closeAlert", "close", manualChange, close);

const decision = manualChange.extend({ decision: z.enum(["approve", "reject"]) });

app.http("decideAlertAction", {
  methods: ["POST"],
  route: "alerts/{id}/actions/{action}",
  authLevel: "admin",
  handler: endpoint(async (request) => {
    const { id, action } = request.params;
    const { decision: decided, ...by } = await readBody(request, decision);
    return { jsonBody: alertReply(await getApp().alerts.changeAndAct(id, decideAction(by, action, decided))) };
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
  "toldAt",
  "acknowledged",
  "silence",
  "escalatedAt",
  "resolvedAt",
  "closedBy",
  "closeReason",
] as const;

/** An alert as people read it; `action` and `runId` are those of the newest note that has them. */
function alertReply(alert: Alert) {
  const action = alert.actions.at(-1)?.words;
  const runId = alert.actions.findLast((note) => note.runId !== undefined)?.runId;
  const state = stateOf(alert, getApp().clock.now());
  return { ...shownFields(alert, alertFields), state, action, runId };
}
