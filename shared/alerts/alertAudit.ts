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

/** The entry of the newest note on an alert. */
export function noteEntry(alert: Alert, { kind, outcome, words, runId }: Omit<ActionNote, "at">): AuditEntry {
  // an alert may have several notes at one instant
  const verb = `act-${alert.actions.length}-${kind}`;
  const entry = auditEntry(verb, alert, `alert action ${outcome}`, { actor: "policy", reason: words });
  return { ...entry, details: { kind, runId } };
}
