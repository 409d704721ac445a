import { createHash } from "node:crypto";
import { z } from "zod";
import { documentType, readRow, unchanged } from "../documents";
import { isAppError } from "../errors";
import { cutText } from "../ledger/cutText";
import type { TableRow, TableStore } from "../ports";
import { type Alert, type AlertFile, alertKey, alertTable, type Condition } from "./alert";
import { alertFileFields } from "./alertRow";

const fileRows = documentType(z.object({ ...alertFileFields, settled: z.boolean() }), [unchanged]);

/** how many of its files the alert itself shows, the newest; every file has a row of its own */
const shownFiles = 10;

/** The row of one file of an alert. */
export function fileRow(alert: Alert, { file, at, summary }: AlertFile, settled: boolean): TableRow {
  return { partitionKey: alert.subject, rowKey: fileKey(alert, file), form: fileRows.form, file, at, summary, settled };
}

export function fileKey(alert: Alert, file: string): string {
  // a file's name may hold what a table key may not
  return `${filePrefix(alert)}${createHash("sha256").update(file).digest("hex").slice(0, 32)}`;
}

/** What the row keys of all files of an alert begin with. */
function filePrefix(alert: Alert): string {
  return `file:${alertKey(alert)}:`;
}

/** The row of a file that is at fault no more; what it says beside that is kept where it can be read. */
export function settledRow(alert: Alert, file: string, row: TableRow): TableRow {
  return readFile(row) ? { ...row, settled: true } : fileRow(alert, { file, at: alert.lastSeenAt, summary: "" }, true);
}

/** What the row of a file says; undefined where it cannot be read. */
function readFile(row: TableRow) {
  try {
    return readRow(fileRows, alertTable, row);
  } catch (error) {
    if (isAppError(error, "corrupt")) return undefined;
    throw error;
  }
}

/**
 * Whether the file is still at fault by its row, or by the alert itself: early versions had no rows. A row that cannot
 * be read counts as one at fault, so that settling the file mends it.
 */
export function isAtFault(alert: Alert, file: string, row: TableRow | undefined): boolean {
  return row === undefined ? filesOf(alert).some((one) => one.file === file) : !readFile(row)?.settled;
}

/** The alert's summary and evidence once one more file, or one of its files again, was found at fault. */
export function withFile(alert: Alert | undefined, condition: Condition, fresh: AlertFile, isNew: boolean) {
  const count = (alert === undefined ? 0 : countOf(alert)) + (isNew ? 1 : 0);
  const others = (alert === undefined ? [] : filesOf(alert)).filter(({ file }) => file !== fresh.file);
  const more = count > 1 ? ` (and ${count - 1} more)` : "";
  return {
    summary: `${cutText(condition.summary, 1500)}${more}`,
    evidence: { ...condition.evidence, count, files: [fresh, ...others].slice(0, shownFiles) },
  };
}

/** The alert without one of its files, `left` of which are still at fault. */
export function withoutFile(alert: Alert, left: AlertFile[], count: number): Alert {
  const files = left.toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, shownFiles);
  const more = count > 1 ? ` (and ${count - 1} more)` : "";
  return { ...alert, summary: `${files[0]?.summary ?? alert.summary}${more}`, evidence: { count, files } };
}

export function countOf(alert: Alert): number {
  return alert.evidence.count ?? filesOf(alert).length;
}

export function filesOf({ evidence, lastSeenAt, summary }: Alert): AlertFile[] {
  if (evidence.files) return evidence.files;
  // alerts of early versions named one file
  return typeof evidence.file === "string" ? [{ file: evidence.file, at: lastSeenAt, summary }] : [];
}

/** The files of an alert that are still at fault, except one. */
export async function filesLeft(tables: TableStore, alert: Alert, except: string): Promise<AlertFile[]> {
  const left: AlertFile[] = [];
  const range = { from: filePrefix(alert), to: `${filePrefix(alert)}~` };
  for await (const row of tables.list(alertTable, alert.subject, range)) {
    const one = readFile(row);
    if (one && !one.settled && one.file !== except) left.push({ file: one.file, at: one.at, summary: one.summary });
  }
  return left;
}
