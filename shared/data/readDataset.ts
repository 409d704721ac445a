import { AppError, isAppError, messageOf } from "../errors";
import type { SqlSession } from "../ports";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import type { RejectionReason } from "./datasetRegistry";
import { columnId, literal, rowNumber } from "./sqlText";
import { linesOfRows, unpackCsv } from "./unpackCsv";

/** What was found when a file was opened; without faults, the view `raw` holds its rows. */
export interface OpenedDataset {
  reasons: RejectionReason[];
  reasonCount: number;
  notes: string[];
  /** lines of a text file on which rows start; none for Parquet */
  linesOf(rows: number[]): Promise<Map<number, number>>;
}

interface Source {
  /** SQL that yields the rows, columns by position as s0, s1, ..., and the row number */
  sql: string;
  /** column names as the file has them */
  names: string[];
  linesOf: OpenedDataset["linesOf"];
}

/**
 * Opens a .csv, .csv.gz or .parquet file in the session's folder as the view `raw`: row number, and the spec's columns as text. Faults of
 * the file's form (damage, broken rows, missing columns) are reasons, not errors. Nothing but that file is read.
 */
export async function readDataset(session: SqlSession, file: string, spec: UsecaseSpec): Promise<OpenedDataset> {
  try {
    const source = file.endsWith(".parquet") ? await openParquet(session, file) : await openCsv(session, file);
    if (!("sql" in source)) return source;
    return await makeView(session, source, spec);
  } catch (error) {
    if (isAppError(error, "rejected")) return refused([{ message: error.message }]);
    throw error;
  }
}

async function makeView(session: SqlSession, source: Source, spec: UsecaseSpec): Promise<OpenedDataset> {
  const reasons = headerFaults(source.names, spec);
  if (reasons.length > 0) return refused(reasons);
  const columns = Object.keys(spec.columns).map(
    (name) => `CAST(s${source.names.indexOf(name)} AS VARCHAR) AS ${columnId(spec, name)}`,
  );
  await reading(file_(source), () =>
    session.run(`CREATE OR REPLACE VIEW raw AS SELECT ${rowNumber}, ${columns.join(", ")} FROM (${source.sql})`),
  );
  const ignored = source.names.filter((name) => !Object.hasOwn(spec.columns, name)).map(clipped);
  const notes =
    ignored.length > 0
      ? [`columns that the use case does not name were ignored: ${ignored.slice(0, 20).join(", ")}`]
      : [];
  return { reasons: [], reasonCount: 0, notes, linesOf: source.linesOf };
}
