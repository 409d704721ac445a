import { AppError } from "../errors";
import { withNote } from "./actionNote";
import { type Alert, isCurrent } from "./alert";
import { auditEntry } from "./alertAudit";
import { type Step, whereTold } from "./alertLife";

/** Who makes a change, and why. */
export interface By {
  actor: string;
  reason: string;
}

/** What a person does to an alert; AppError conflict where its state does not allow it. */
export type ChangeByHand = (before: Alert, now: Date) => Step;

/** Closes an alert, whatever its condition; nobody is told of the end of one that they were not told of. */
export function close(by: By): ChangeByHand {
  return (before, now) => {
    if (!isCurrent(before)) throw new AppError("conflict", "the alert has already been resolved");
    const closed = { closedBy: by.actor, closeReason: by.reason };
    const alert: Alert = { ...before, status: "resolved", resolvedAt: now.toISOString(), ...closed };
    const entry = auditEntry("close", alert, "alert closed", by);
    const report = before.status === "open" ? ("resolved" as const) : undefined;
    return { alert, entry, event: whereTold(before, "closed"), report };
  };
}

/** Says that somebody looks after an open alert, so that it is not escalated. */
export function acknowledge(by: By): ChangeByHand {
  return (before, now) => {
    requireCurrent(before, "acknowledged");
    if (before.status === "pending")
      throw new AppError("conflict", "the alert is pending: nobody has been told of it, and it may end by itself");
    if (before.acknowledged !== undefined)
      throw new AppError("conflict", `the alert has been acknowledged by ${before.acknowledged.by}`);
    const alert: Alert = { ...before, acknowledged: { by: by.actor, at: now.toISOString(), reason: by.reason } };
    const entry = auditEntry("acknowledge", alert, "alert acknowledged", by);
    return { alert, entry, event: whereTold(before, "acknowledged") };
  };
}

/** Approves or rejects an action that waits for a person; AppError not_found where the alert knows no such action. */
export function decideAction(by: By, name: string, decision: "approve" | "reject"): ChangeByHand {
  return (before, now) => {
    requireCurrent(before, "changed");
    const last = before.actions.findLast(({ kind }) => kind === name);
    if (last === undefined)
      throw new AppError("not_found", "the alert has no action of that name: GET /alerts shows them");
    if (last.outcome !== "asked")
      throw new AppError("conflict", `the action does not wait for approval; what became of it: ${last.outcome}`);
    const outcome = decision === "approve" ? ("approved" as const) : ("rejected" as const);
    const note = { kind: name, at: now.toISOString(), outcome, words: `${by.actor}: ${by.reason}` };
    const alert: Alert = { ...before, actions: withNote(before.actions, note) ?? before.actions };
    const entry = auditEntry(`decide-${before.actions.length}-${name}`, alert, `alert action ${outcome}`, by);
    return { alert, entry: { ...entry, details: { kind: name } } };
  };
}

/** Keeps people from being told of an alert until an instant; a silence that it has is replaced. */
export function silence(by: By, until: Date): ChangeByHand {
  return (before, now) => {
    requireCurrent(before, "silenced");
    const told = { by: by.actor, at: now.toISOString(), reason: by.reason, until: until.toISOString() };
    const alert: Alert = { ...before, silence: told };
    const entry = { ...auditEntry("silence", alert, "alert silenced", by), details: { until: told.until } };
    return { alert, entry, event: whereTold(before, "silenced") };
  };
}

/** Ends the silence of an alert before its time. */
export function unsilence(by: By): ChangeByHand {
  return (before) => {
    requireCurrent(before, "unsilenced");
    if (before.silence === undefined) throw new AppError("conflict", "the alert is not silenced");
    const { silence: _over, ...alert } = before;
    return { alert, entry: auditEntry("unsilence", before, "alert silence ended", by) };
  };
}

function requireCurrent(alert: Alert, done: string): void {
  if (!isCurrent(alert)) throw new AppError("conflict", `the alert has been resolved; it can no longer be ${done}`);
}
