import { newestFirst } from "../ledger/auditEntry";
import { cutText } from "../ledger/cutText";
import type { TableRow } from "../ports";
import type { ActionNote } from "./actionNote";

export const alertTable = "alerts";

export type AlertSeverity = "info" | "warning" | "error";

/** Something a person or a policy should act on. */
export interface Alert {
  /** `{subject}.{time}-{rule}`; fit for a URL */
  id: string;
  /** model, use case, or "tidegate" for the system itself */
  subject: string;
  /** stable name of the condition; at most one alert per subject and rule is open */
  rule: string;
  severity: AlertSeverity;
  status: "open" | "resolved";
  summary: string;
  /** of an alert about files, `count` and the newest `files` that are at fault, too */
  evidence: Record<string, unknown>;
  /** what became of the actions that it starts, oldest first */
  actions: ActionNote[];
  raisedAt: string;
  lastSeenAt: string;
  occurrences: number;
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
  /** small: it stays in the row, at most 20,000 characters of JSON */
  evidence: Record<string, unknown>;
  /** the file it is about: such an alert counts its files and ends with the last of them */
  file?: string;
}

const summaryLength = 2000;

/** A new alert of a condition, raised `now`. */
export function newAlert({ file: _file, ...condition }: Condition, now: Date): Alert {
  const at = now.toISOString();
  const id = `${condition.subject}.${at.replace(/[-:.]/g, "")}-${condition.rule}`;
  return { ...condition, id, status: "open", raisedAt: at, lastSeenAt: at, occurrences: 1, actions: [] };
}

/** Where the alert of an id stands; undefined when it can be none. */
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

/** Where an alert stands in a list of many subjects; the greatest place comes first. */
export function alertPlace({ raisedAt, id }: Alert): string {
  return `${raisedAt} ${id}`;
}

function keyOf(raisedAt: Date, rule: string): string {
  return `alert:${newestFirst(raisedAt)}-${rule}`;
}

export function alertRow(alert: Alert): TableRow {
  const { evidence, summary, actions, ...plain } = alert;
  return {
    partitionKey: alert.subject,
    rowKey: alertKey(alert),
    ...plain,
    summary: cutText(summary, summaryLength),
    evidence: JSON.stringify(evidence),
    actions: JSON.stringify(actions),
  };
}

/** The alert that a row holds; ids of early versions did not name the subject. */
export function readAlert(row: TableRow): Alert {
  const { partitionKey: subject, rowKey: _key, etag: _etag, evidence, actions, action, runId, ...plain } = row;
  const id = String(plain.id);
  return {
    ...(plain as unknown as Alert),
    id: id.startsWith(`${subject}.`) ? id : `${subject}.${id}`,
    evidence: JSON.parse(String(evidence)),
    actions: actions === undefined ? firstNote(row) : JSON.parse(String(actions)),
  };
}

function firstNote({ action, runId, lastSeenAt }: TableRow): ActionNote[] {
  if (action === undefined) return [];
  const note = { kind: "retrain", at: String(lastSeenAt), words: String(action) };
  return [runId === undefined ? { ...note, outcome: "waiting" } : { ...note, outcome: "done", runId: String(runId) }];
}
