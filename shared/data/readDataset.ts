import { isAppError } from "../errors";
import type { SqlSession } from "../ports";
import { rowNumber, sourceColumn } from "../sql/columnNames";
import { openTableFile } from "../sql/openTableFile";
import { readingFile } from "../sql/readingFile";
import type { TableFile } from "../sql/tableFile";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { renamedColumns } from "./auditColumns";
import { refuseCells } from "./overLimit";
import type { RejectionReason } from "./rejectionReason";
import { columnId } from "./specColumns";
import { rawTableSql } from "./typedColumn";

/** What was found when a file was opened; without reasons against it, the table `raw` holds its rows. */
export interface OpenedDataset {
  reasons: RejectionReason[];
  reasonCount: number;
  notes: string[];
  linesOf: TableFile["linesOf"];
}

/**
 * Opens a .csv, .csv.gz or .parquet file in the session's folder as the table `raw`: the row number, and the spec's
 * columns by position, as text and parsed. Faults of form (damage, broken rows, missing columns) are reasons, not
 * errors. Nothing but that file is read.
 */
export async function readDataset(session: SqlSession, file: string, spec: UsecaseSpec): Promise<OpenedDataset> {
  try {
    const source = await openTableFile(session, file, spec.limits);
    if ("faults" in source) return refused(source.faults, source.faultCount);
    const faults = headerFaults(source.names, spec);
    if (faults.length > 0) return refused(faults);
    refuseCells(spec, source.rowCount, "the file has");
    await readingFile(() => session.run(rawTableSql(spec, textColumns(source, spec))));
    const notes = [...ignoredColumns(source.names, spec), ...renamedNotes(spec)];
    return { reasons: [], reasonCount: 0, notes, linesOf: source.linesOf };
  } catch (error) {
    if (isAppError(error, "rejected")) return refused([{ message: error.message }]);
    throw error;
  }
}

function refused(reasons: RejectionReason[], reasonCount = reasons.length): OpenedDataset {
  return { reasons, reasonCount, notes: [], linesOf: async () => new Map() };
}

/** SQL of the row number and the spec's columns as text. */
function textColumns({ sql, names }: TableFile, spec: UsecaseSpec): string {
  const columns = Object.keys(spec.columns).map(
    (name) => `CAST(${sourceColumn(names.indexOf(name))} AS VARCHAR) AS ${columnId(spec, name)}`,
  );
  return `SELECT ${rowNumber}, ${columns.join(", ")} FROM (${sql})`;
}

function headerFaults(names: string[], spec: UsecaseSpec): RejectionReason[] {
  const missing = Object.keys(spec.columns).filter((name) => !names.includes(name));
  const twice = Object.keys(spec.columns).filter((name) => names.indexOf(name) !== names.lastIndexOf(name));
  const found = names.slice(0, 12).map((name) => `"${clipped(name)}"`);
  const more = names.length > found.length ? `, and ${names.length - found.length} more` : "";
  return [
    ...missing.map((column) => ({
      column,
      message: `the column "${column}" is missing; the file has ${found.join(", ")}${more}`,
    })),
    ...twice.map((column) => ({ column, message: `the column "${column}" appears more than once in the file` })),
  ];
}

function ignoredColumns(names: string[], spec: UsecaseSpec): string[] {
  const ignored = names.filter((name) => !Object.hasOwn(spec.columns, name));
  if (ignored.length === 0) return [];
  const shown = ignored.slice(0, 20).map((name) => (name === "" ? "(no name)" : clipped(name)));
  return [`columns that the use case does not name were ignored: ${shown.join(", ")}`];
}

/** The file's owner will look for the columns by their names in the auditors' copy. */
function renamedNotes(spec: UsecaseSpec): string[] {
  const renamed = Object.entries(renamedColumns(spec) ?? {}).map(([as, name]) => `${name} as ${as}`);
  if (renamed.length === 0) return [];
  return [`the prepared rows hold ${renamed.join(", ")}: another column has their name there, whatever the case`];
}

function clipped(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}...` : name;
}
