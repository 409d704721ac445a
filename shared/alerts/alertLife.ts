import type { AuditEntry } from "../ledger/auditEntry";
import { type Alert, type Condition, newAlert } from "./alert";
import { auditEntry } from "./alertAudit";
import { type AlertPolicy, silentUntil } from "./alertPolicy";
import { type Confirm, type InstantRange, judgeWindow } from "./confirmation";
import type { AlertEvent } from "./outbox";

/** One step in the life of an alert. */
export interface Step {
  /** its new state */
  alert: Alert;
  /** what the audit trail says of it */
  entry?: AuditEntry;
  /** what people are told of it */
  event?: AlertEvent;
  /** what telemetry is told of it */
  report?: "raised" | "resolved";
}

const order = ["info", "warning", "error"];

/** An alert whose condition was found to hold for the first time. */
export function firstSeen(condition: Condition, policy: AlertPolicy, now: Date): Step {
  const alert = { ...newAlert(condition, now), severity: policy.severity ?? condition.severity };
  const confirm = confirmOf(condition);
  if (confirm === undefined) return opened(alert, policy, now);
  const { state, confirmation } = judgeWindow([], { ...windowOf(condition, now), held: true }, confirm);
  if (state === "confirmed") return opened(alert, policy, now);
  const entry = auditEntry("pend", alert, "alert pending", { reason: alert.summary });
  return { alert: { ...alert, status: "pending", confirm: confirmation }, entry };
}

/** An alert whose condition was found to hold once more. */
export function seenAgain(before: Alert, condition: Condition, policy: AlertPolicy, now: Date): Step {
  const { summary, evidence } = condition;
  const severity = policy.severity ?? condition.severity;
  const seen = { lastSeenAt: now.toISOString(), occurrences: before.occurrences + 1 };
  const alert: Alert = { ...before, summary, evidence, severity, ...seen };
  if (before.status === "open") {
    const isWorse = order.indexOf(severity) > order.indexOf(before.severity);
    const isTold = before.toldAt !== undefined && silentUntil(before, policy, now) === undefined;
    return isWorse && isTold ? { alert, event: "worsened" } : { alert };
  }
  const open: Alert = { ...alert, status: "open", openedAt: seen.lastSeenAt };
  const confirm = confirmOf(condition);
  if (confirm === undefined) return opened(open, policy, now);
  const window = { ...windowOf(condition, now), held: true };
  const { state, confirmation } = judgeWindow(before.confirm?.windows ?? [], window, confirm);
  if (state === "confirmed") return opened({ ...open, confirm: confirmation }, policy, now);
  return { alert: { ...alert, confirm: confirmation } };
}

function opened(alert: Alert, policy: AlertPolicy, now: Date): Step {
  const entry = auditEntry("raise", alert, "alert raised", { reason: alert.summary });
  if (silentUntil(alert, policy, now) !== undefined) return { alert, entry, report: "raised" };
  return { alert: { ...alert, toldAt: now.toISOString() }, entry, event: "opened", report: "raised" };
}

/** The condition did not hold in a window: an open alert ends, a pending one where nothing can confirm it any more. */
export function notHeld(before: Alert, window: InstantRange | undefined, now: Date): Step | undefined {
  if (before.status === "open") return ended(before, now);
  const { needed = 1, among = 1, windows = [] } = before.confirm ?? {};
  const judged = { ...(window ?? instant(now)), held: false };
  const { state, confirmation } = judgeWindow(windows, judged, { needed, among });
  const isNew = confirmation.windows.at(-1) === judged;
  if (state !== "over") return isNew ? { alert: { ...before, confirm: confirmation } } : undefined;
  const alert: Alert = { ...before, status: "unconfirmed", resolvedAt: now.toISOString(), confirm: confirmation };
  const held = confirmation.windows.filter((one) => one.held).length;
  const reason = `it held in ${held} of ${confirmation.windows.length} windows; ${needed} of ${among} are needed`;
  return { alert, entry: auditEntry("drop", alert, "alert not confirmed", { reason }) };
}

/** The condition of an open alert is over; those who were told of it are told. */
export function ended(before: Alert, now: Date): Step {
  const alert: Alert = { ...before, status: "resolved", resolvedAt: now.toISOString() };
  const entry = auditEntry("resolve", alert, "alert resolved", {});
  return { alert, entry, event: whereTold(before, "resolved"), report: "resolved" };
}

/** The event of a change, where people know of the alert. */
export function whereTold({ toldAt }: Alert, event: AlertEvent): AlertEvent | undefined {
  return toldAt === undefined ? undefined : event;
}

function confirmOf({ confirm, file }: Condition): Confirm | undefined {
  return file === undefined && confirm !== undefined && confirm.needed > 1 ? confirm : undefined;
}

function windowOf({ window }: Condition, now: Date): InstantRange {
  return window ?? instant(now);
}

function instant(now: Date): InstantRange {
  return { start: now.toISOString(), end: now.toISOString() };
}
