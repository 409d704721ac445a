import { z } from "zod";
import { documentType, jsonColumn, objectOf, readRow, unchanged } from "../documents";
import { cutText } from "../ledger/cutText";
import type { TableRow } from "../ports";
import { type ActionNote, actionNote } from "./actionNote";
import {
  type Alert,
  type AlertFile,
  alertKey,
  alertStatuses,
  alertTable,
  type DoneByHand,
  type Evidence,
  type Silence,
} from "./alert";
import { confirmation } from "./confirmation";

const summaryLength = 2000;
/** characters of JSON: a table cell holds 32,768 */
const evidenceLength = 20_000;

export const alertFileFields = { file: z.string(), at: z.string(), summary: z.string() };

const evidence: z.ZodType<Evidence> = z.looseObject({
  count: z.number().optional(),
  files: z.array(objectOf<AlertFile>(alertFileFields)).optional(),
});

/**
 * Rows without a number: the first had ids that did not name the subject, and the later ones kept one action in words.
 */
const unnumbered = z
  .looseObject({
    partitionKey: z.string(),
    id: z.string(),
    lastSeenAt: z.string(),
    action: z.string().optional(),
    runId: z.string().optional(),
  })
  .transform(({ action, runId, ...row }) => ({
    ...row,
    id: row.id.startsWith(`${row.partitionKey}.`) ? row.id : `${row.partitionKey}.${row.id}`,
    actions: JSON.stringify(action === undefined ? [] : [firstNote(action, runId, row.lastSeenAt)]),
  }));

/** Retraining was the only action, and its run was started at the latest when the alert was last seen. */
function firstNote(words: string, runId: string | undefined, at: string): ActionNote {
  return { kind: "retrain", at, outcome: runId === undefined ? "waiting" : "done", words, runId };
}

const byHand = { by: z.string(), at: z.iso.datetime(), reason: z.string() };

/** A release without notes may have written its column over a row that has some. */
const numbered = objectOf<Alert & { action?: string; runId?: string }>({
  id: z.string(),
  subject: z.string(),
  rule: z.string(),
  severity: z.enum(["info", "warning", "error"]),
  status: z.enum(alertStatuses),
  summary: z.string(),
  evidence: jsonColumn(evidence),
  actions: jsonColumn(z.array(actionNote)),
  raisedAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  occurrences: z.number(),
  confirm: jsonColumn(confirmation).optional(),
  openedAt: z.iso.datetime().optional(),
  toldAt: z.iso.datetime().optional(),
  acknowledged: jsonColumn(objectOf<DoneByHand>(byHand)).optional(),
  silence: jsonColumn(objectOf<Silence>({ ...byHand, until: z.iso.datetime() })).optional(),
  escalatedAt: z.iso.datetime().optional(),
  resolvedAt: z.iso.datetime().optional(),
  closedBy: z.string().optional(),
  closeReason: z.string().optional(),
  action: z.string().optional(),
  runId: z.string().optional(),
}).transform(({ action, runId, ...alert }) =>
  action === undefined || alert.actions.some(({ words }) => words === action)
    ? alert
    : { ...alert, actions: [...alert.actions, firstNote(action, runId, alert.lastSeenAt)] },
);

/** The rows of form 1 were open or resolved, and nothing was to confirm them. */
const alertRows = documentType(numbered, [unnumbered, unchanged]);

/** Evidence that fits into its cell: the longest fields are left out, and `omitted` names them. */
function fitted(evidence: Evidence): Evidence {
  if (JSON.stringify(evidence).length <= evidenceLength) return evidence;
  const sizeOf = (value: unknown) => JSON.stringify(value)?.length ?? 0;
  const kept: [string, unknown][] = [];
  const omitted: string[] = [];
  for (const [name, value] of Object.entries(evidence).sort(([, a], [, b]) => sizeOf(a) - sizeOf(b))) {
    const isSmall = sizeOf(Object.fromEntries([...kept, [name, value]])) <= evidenceLength;
    if (isSmall) kept.push([name, value]);
    else omitted.push(name);
  }
  return { ...Object.fromEntries(kept), omitted };
}

export function alertRow(alert: Alert): TableRow {
  const { evidence, summary, actions, confirm, acknowledged, silence, ...plain } = alert;
  return {
    partitionKey: alert.subject,
    rowKey: alertKey(alert),
    form: alertRows.form,
    ...plain,
    summary: cutText(summary, summaryLength),
    evidence: JSON.stringify(fitted(evidence)),
    actions: JSON.stringify(actions),
    confirm: confirm && JSON.stringify(confirm),
    acknowledged: acknowledged && JSON.stringify(acknowledged),
    silence: silence && JSON.stringify(silence),
  };
}

/** The alert that a row holds; AppError corrupt names the row where it cannot be read. */
export function readAlert(row: TableRow): Alert {
  return readRow(alertRows, alertTable, row);
}

const pointers = documentType(z.object({ alert: z.string() }), [unchanged]);

/** The row `open:{rule}` of a subject: the key of the alert that is open, "" where none is. */
export function pointerRow(subject: string, rule: string, alert: string): TableRow {
  return { partitionKey: subject, rowKey: pointerKey(rule), form: pointers.form, alert };
}

export function pointerKey(rule: string): string {
  return `open:${rule}`;
}

/** The key of the alert that a pointer names; undefined where it names none. */
export function pointedKey(row: TableRow): string | undefined {
  return readRow(pointers, alertTable, row).alert || undefined;
}
