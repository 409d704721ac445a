import { newestFirst } from "../ledger/auditEntry";
import type { ActionNote } from "./actionNote";
import type { Confirm, Confirmation, InstantRange } from "./confirmation";

export const alertTable = "alerts";

export type AlertSeverity = "info" | "warning" | "error";

/**
 * pending: its condition held, in fewer windows than must confirm it; nobody is told, nothing is started. unconfirmed:
 * it ended so.
 */
export const alertStatuses = ["pending", "open", "resolved", "unconfirmed"] as const;
export type AlertStatus = (typeof alertStatuses)[number];

/** Who did something to an alert, when and why. */
export interface DoneByHand {
  by: string;
  at: string;
  reason: string;
}

/** Until then nobody is told of what becomes of an alert, and nothing is started for it. */
export interface Silence extends DoneByHand {
  until: string;
}

/** A file that an alert is about. */
export interface AlertFile {
  file: string;
  at: string;
  summary: string;
}

/** What an alert rests on; of an alert about files how many are at fault, and the newest of them, too. */
export interface Evidence extends Record<string, unknown> {
  count?: number;
  files?: AlertFile[];
}

/** Something a person or a policy should act on. */
export interface Alert {
  /** `{subject}.{time}-{rule}`; fit for a URL */
  id: string;
  /** model, use case, or "tidegate" for the system itself */
  subject: string;
  /** stable name of the condition; at most one alert per subject and rule is open */
  rule: string;
  severity: AlertSeverity;
  status: AlertStatus;
  summary: string;
  evidence: Evidence;
  /** what became of the actions that it starts, oldest first */
  actions: ActionNote[];
  /** when its condition was first found to hold */
  raisedAt: string;
  lastSeenAt: string;
  occurrences: number;
  /** the windows that confirm it; absent where it needs no more than one */
  confirm?: Confirmation;
  /** when it was confirmed; absent where it was open from the first */
  openedAt?: string;
  /** when people were first told that it is open; absent while a silence keeps them from it */
  toldAt?: string;
  acknowledged?: DoneByHand;
  silence?: Silence;
  /** when it was told again, as nobody had acknowledged it in time */
  escalatedAt?: string;
  resolvedAt?: string;
  /** the person who closed it by hand; absent when the condition ended */
  closedBy?: string;
  closeReason?: string;
}

export interface Condition {
  subject: string;
  rule: string;
  severity: AlertSeverity;
  summary: string;
  /** small, as it stays in the row: of more than 20,000 characters of JSON the longest fields are left out */
  evidence: Evidence;
  /** the file it is about: such an alert counts its files and ends with the last of them */
  file?: string;
  /** without it the alert opens at once; an alert about files always does */
  confirm?: Confirm;
  /** in which it holds; without it, at the time of raising */
  window?: InstantRange;
}

/** A new alert of a condition, raised `now`; open, whatever confirmation the condition asks. */
export function newAlert(condition: Omit<Condition, "file" | "confirm" | "window">, now: Date): Alert {
  const { subject, rule, severity, summary, evidence } = condition;
  const at = now.toISOString();
  const id = `${subject}.${at.replace(/[-:.]/g, "")}-${rule}`;
  const told = { subject, rule, severity, summary, evidence };
  return { ...told, id, status: "open", raisedAt: at, lastSeenAt: at, occurrences: 1, actions: [] };
}

/** Whether an alert has not ended. */
export function isCurrent({ status }: Pick<Alert, "status">): boolean {
  return status === "pending" || status === "open";
}

/** Where the alert with an id is stored; undefined when the text cannot be an id. */
export function placeOfAlert(id: string): { subject: string; rowKey: string } | undefined {
  const match = /^([^.]+)\.(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-(.+)$/.exec(id);
  if (match === null) return undefined;
  const [, subject, year, month, day, hour, minute, second, ms, rule] = match;
  const raisedAt = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  return Number.isNaN(raisedAt.getTime()) ? undefined : { subject, rowKey: keyOf(raisedAt, rule) };
}

/** The row key of an alert; the newest of a subject comes first. */
export function alertKey({ raisedAt, rule }: Alert): string {
  return keyOf(new Date(raisedAt), rule);
}

/** The position of an alert in a list of many subjects; the greatest place comes first. */
export function alertPlace({ raisedAt, id }: Alert): string {
  return `${raisedAt} ${id}`;
}

function keyOf(raisedAt: Date, rule: string): string {
  return `alert:${newestFirst(raisedAt)}-${rule}`;
}
