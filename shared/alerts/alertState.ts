import type { Alert } from "./alert";

/** The states that an alert can be in; those between pending and resolved are of one whose status is "open". */
export const alertStates = [
  ...(["pending", "open", "escalated", "acknowledged", "silenced", "resolved", "unconfirmed"] as const),
] as const;
export type AlertState = (typeof alertStates)[number];

/** The state that matters most of an alert: that it is silenced before that somebody knows of it. */
export function stateOf(alert: Alert, now: Date): AlertState {
  const { status, silence, acknowledged, escalatedAt } = alert;
  if (status !== "open") return status;
  if (silence !== undefined && silence.until > now.toISOString()) return "silenced";
  if (acknowledged !== undefined) return "acknowledged";
  return escalatedAt === undefined ? "open" : "escalated";
}

/** Whether a list of alerts in a state has this one: every one that has not ended is open, whatever else it is. */
export function isIn(state: AlertState, alert: Alert, now: Date): boolean {
  return state === "open" ? alert.status === "open" : stateOf(alert, now) === state;
}
