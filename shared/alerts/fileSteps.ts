import { cutText } from "../ledger/cutText";
import type { TableOperation, TableRow, TableStore } from "../ports";
import { type Alert, type AlertFile, alertTable, type Condition } from "./alert";
import {
  countOf,
  fileKey,
  fileRow,
  filesLeft,
  filesOf,
  isAtFault,
  settledRow,
  withFile,
  withoutFile,
} from "./alertFiles";
import { ended, type Step } from "./alertLife";

/** A condition whose summary and evidence cover all files of its alert, and the rows that its own file adds. */
export interface OfFiles {
  condition: Condition;
  rowsFor(alert: Alert): TableOperation[];
}

/** A condition as its alert shows it, `alert` being what it was so far; one that is about no file is as it is. */
export async function ofFiles(tables: TableStore, condition: Condition, at: string, alert?: Alert): Promise<OfFiles> {
  const { subject, summary, file } = condition;
  if (file === undefined) return { condition, rowsFor: () => [] };
  const row = alert && (await tables.get(alertTable, subject, fileKey(alert, file)));
  const fresh: AlertFile = { file, at, summary: cutText(summary, 300) };
  const isNew = alert === undefined || !isAtFault(alert, file, row);
  return {
    condition: { ...condition, ...withFile(alert, condition, fresh, isNew) },
    rowsFor: (after) => [{ kind: "upsert", row: fileRow(after, fresh, false) }],
  };
}

/** The step of an alert that has one file fewer, the last one ending it, and the row of the file. */
export async function fileSettled(
  tables: TableStore,
  alert: Alert,
  file: string,
  now: Date,
): Promise<{ step: Step; rows: TableOperation[] } | undefined> {
  const row = await tables.get(alertTable, alert.subject, fileKey(alert, file));
  if (!isAtFault(alert, file, row)) return undefined;
  const rows = row ? [settling(alert, file, row)] : [];
  const count = countOf(alert) - 1;
  if (count <= 0) return { step: ended(alert, now), rows };
  const shown = filesOf(alert).filter((one) => one.file !== file);
  const left = shown.length > 0 ? shown : await filesLeft(tables, alert, file);
  return { step: { alert: withoutFile(alert, left, count) }, rows };
}

function settling(alert: Alert, file: string, row: TableRow): TableOperation {
  return { kind: "replace", row: settledRow(alert, file, row), etag: row.etag };
}
