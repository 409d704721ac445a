import type { AuditEntry } from "../ledger/auditEntry";
import { type Alert, type Condition, newAlert } from "./alert";
import { auditEntry } from "./alertAudit";
import { type Confirm, type InstantRange, judgeWindow } from "./confirmation";
import type { AlertEvent } from "./outbox";

/** One step in the life of an alert: its new state, what the audit trail says of it, and what people are told. */
export interface Step {
  alert: Alert;
  entry?: AuditEntry;
  event?: AlertEvent;
}

type Told = Pick<Alert, "summary" | "evidence">;

const order = ["info", "warning", "error"];

/** An alert whose condition was found to hold for the first time. */
export function firstSeen(condition: Condition, told: Told, now: Date): Step {
  const alert = newAlert({ ...condition, ...told }, now);
  const confirm = confirmOf(condition);
  if (confirm === undefined) return opened(alert);
  const { state, confirmation } = judgeWindow([], { ...windowOf(condition, now), held: true }, confirm);
  if (state === "confirmed") return opened(alert);
  const entry = auditEntry("pend", alert, "alert pending", { reason: alert.summary });
  return { alert: { ...alert, status: "pending", confirm: confirmation }, entry };
}

/** An alert whose condition was found to hold once more. */
export function seenAgain(before: Alert, condition: Condition, told: Told, now: Date): Step {
  const { severity } = condition;
  const lastSeenAt = now.toISOString();
  const alert = { ...before, ...told, severity, lastSeenAt, occurrences: before.occurrences + 1 };
  if (before.status === "open") {
    const isWorse = order.indexOf(severity) > order.indexOf(before.severity);
    return isWorse ? { alert, event: "worsened" } : { alert };
  }
  const confirm = confirmOf(condition);
  if (confirm === undefined) return opened({ ...alert, status: "open", openedAt: lastSeenAt });
  const window = { ...windowOf(condition, now), held: true };
  const { state, confirmation } = judgeWindow(before.confirm?.windows ?? [], window, confirm);
  if (state === "confirmed") return opened({ ...alert, status: "open", openedAt: lastSeenAt, confirm: confirmation });
  return { alert: { ...alert, confirm: confirmation } };
}

function opened(alert: Alert): Step {
  const entry = auditEntry("raise", alert, "alert raised", { reason: alert.summary });
  return { alert, entry, event: "opened" };
}

/** The condition did not hold in a window: an open alert ends, a pending one where nothing can confirm it any more. */
export function notHeld(before: Alert, window: InstantRange | undefined, now: Date): Step | undefined {
  if (before.status === "open") return ended(before, now);
  const { needed = 1, among = 1, windows = [] } = before.confirm ?? {};
  const judged = { ...(window ?? instant(now)), held: false };
  const { state, confirmation } = judgeWindow(windows, judged, { needed, among });
  if (state !== "over")
    return confirmation.windows.length === windows.length ? undefined : { alert: { ...before, confirm: confirmation } };
  const alert: Alert = { ...before, status: "unconfirmed", resolvedAt: now.toISOString(), confirm: confirmation };
  const held = confirmation.windows.filter((one) => one.held).length;
  const reason = `it held in ${held} of ${confirmation.windows.length} windows; ${needed} of ${among} are needed`;
  return { alert, entry: auditEntry("drop", alert, "alert not confirmed", { reason }) };
}

/** The condition of an open alert is over. */
export function ended(before: Alert, now: Date): Step {
  const alert: Alert = { ...before, status: "resolved", resolvedAt: now.toISOString() };
  return { alert, entry: auditEntry("resolve", alert, "alert resolved", {}), event: "resolved" };
}

/** A person closes an alert, whatever its condition; nobody was told of one that was pending. */
export function closed(before: Alert, by: { actor: string; reason: string }, now: Date): Step {
  const { actor: closedBy, reason: closeReason } = by;
  const alert: Alert = { ...before, status: "resolved", resolvedAt: now.toISOString(), closedBy, closeReason };
  const entry = auditEntry("close", alert, "alert closed", by);
  return before.status === "open" ? { alert, entry, event: "closed" } : { alert, entry };
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
