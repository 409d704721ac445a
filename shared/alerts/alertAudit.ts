import type { AppError } from "../errors";
import type { AuditEntry } from "../ledger/auditEntry";
import type { ActionNote } from "./actionNote";
import type { Alert } from "./alert";

/** The entry of a change of an alert; `verb` names the operation. */
export function auditEntry(
  verb: string,
  { id, subject, rule }: Alert,
  action: string,
  by: { actor?: string; reason?: string },
): AuditEntry {
  const { actor = "monitor", reason } = by;
  return { operation: `${verb}-${id}`, action, actor, subject: `${subject} ${rule}`, reason };
}

/** The entry of an open alert that was let go because its row or pointer cannot be read. */
export function releaseEntry(subject: string, rule: string, { message }: AppError): AuditEntry {
  const what = { operation: `release-${subject}-${rule}`, action: "alert released", actor: "monitor" };
  return { ...what, subject: `${subject} ${rule}`, reason: message };
}

/** The entry of the newest note on an alert. */
export function noteEntry(alert: Alert, { kind, outcome, words, runId }: Omit<ActionNote, "at">): AuditEntry {
  // an alert may have several notes at one instant
  const verb = `act-${alert.actions.length}-${kind}`;
  const entry = auditEntry(verb, alert, `alert action ${outcome}`, { actor: "policy", reason: words });
  return { ...entry, details: { kind, runId } };
}
