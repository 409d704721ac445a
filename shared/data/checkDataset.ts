import { isAppError } from "../errors";
import type { SqlSession } from "../ports";
import { faultColumn, faultCount, rowNumber } from "../sql/columnNames";
import { readingFile } from "../sql/readingFile";
import { hourMs } from "../time";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { checkDuplicates } from "./duplicateRows";
import { checkFutureTimes } from "./futureTimes";
import { type OpenedDataset, readDataset } from "./readDataset";
import type { RejectionReason } from "./rejectionReason";
import { columnId, keyColumns } from "./specColumns";
import { columnParts, typedColumn, typedTableSql } from "./typedColumn";

/** The verdict on a file: accepted with notes, or the first reasons against it and how many there are. */
export interface DatasetCheck {
  accepted: boolean;
  reasons: RejectionReason[];
  reasonCount: number;
  notes: string[];
  rowCount: number;
  /** rows whose label is known: with a horizon, those whose later state is in the file */
  labelledRowCount: number;
}

const maxReasons = 20;
export const checkedTable = "checked";

/**
 * Checks a file in the session's folder against its spec and leaves it typed in the table `checked`; a bad file is a
 * verdict, not an error. Times in the future are faults of a file that is dropped `now`; they are not checked again in
 * a version that was accepted.
 */
export async function checkDataset(
  session: SqlSession,
  file: string,
  spec: UsecaseSpec,
  now?: Date,
): Promise<DatasetCheck> {
  try {
    const opened = await readDataset(session, file, spec);
    if (opened.reasonCount > 0) return refused(opened.reasons, opened.reasonCount, 0);
    return await checkRows(session, opened, spec, now);
  } catch (error) {
    if (isAppError(error, "rejected")) return refused([{ message: error.message }], 1, 0);
    throw error;
  }
}

async function checkRows(
  session: SqlSession,
  opened: OpenedDataset,
  spec: UsecaseSpec,
  now: Date | undefined,
): Promise<DatasetCheck> {
  for (const statement of typedTableSql(spec, checkedTable)) await readingFile(() => session.run(statement));
  const [totals] = await session.rows(`SELECT count(*) AS "rows", sum(${faultCount}) AS faults FROM ${checkedTable}`);
  const rowCount = Number(totals.rows);
  if (Number(totals.faults) > 0)
    return refused(await firstFaults(session, opened, spec), Number(totals.faults), rowCount);
  const duplicates = await checkDuplicates(session, checkedTable, spec);
  if (duplicates.reasonCount > 0)
    return refused(duplicates.reasons.slice(0, maxReasons), duplicates.reasonCount, rowCount);
  const future = now && (await checkFutureTimes(session, checkedTable, spec, now, maxReasons));
  if (future && future.reasonCount > 0) return refused(future.reasons, future.reasonCount, rowCount);
  await session.run("DROP TABLE raw"); // the texts take more memory than the values that were parsed from them
  return {
    accepted: true,
    reasons: [],
    reasonCount: 0,
    notes: [...opened.notes, ...duplicates.notes, ...(future?.notes ?? [])],
    rowCount,
    labelledRowCount: await countLabelled(session, spec),
  };
}

/** The verdict on a file with these faults. */
export function refused(reasons: RejectionReason[], reasonCount: number, rowCount: number): DatasetCheck {
  return {
    accepted: false,
    reasons: reasons.slice(0, maxReasons),
    reasonCount,
    notes: [],
    rowCount,
    labelledRowCount: 0,
  };
}

async function firstFaults(session: SqlSession, opened: OpenedDataset, spec: UsecaseSpec): Promise<RejectionReason[]> {
  const found: { row: number; at: number; column: string; fault: string }[] = [];
  const columns = Object.keys(spec.columns).map((column, at) => ({ column, at }));
  for (const part of columnParts(columns)) {
    const faults = part.map(({ column, at }) => `${typedColumn(spec, column).fault} AS ${faultColumn(at)}`);
    const any = part.map(({ at }) => faultColumn(at)).join(", ");
    const rows = await session.rows(
      `SELECT * FROM (SELECT ${rowNumber}, ${faults.join(", ")} FROM raw) WHERE coalesce(${any}) IS NOT NULL ORDER BY ${rowNumber} LIMIT ${maxReasons}`,
    );
    for (const cells of rows)
      for (const { column, at } of part)
        if (cells[faultColumn(at)] !== null)
          found.push({ row: Number(cells[rowNumber]), at, column, fault: String(cells[faultColumn(at)]) });
  }
  found.sort((a, b) => a.row - b.row || a.at - b.at);
  const lines = await opened.linesOf([...new Set(found.map(({ row }) => row))]);
  return found.map(({ row, column, fault }) => {
    const line = lines.has(row) ? ` (line ${lines.get(row)})` : "";
    return { row, column, message: `row ${row}${line}, column ${column}: ${fault}` };
  });
}

/** Labelled rows of the file alone, each key once. */
async function countLabelled(session: SqlSession, spec: UsecaseSpec): Promise<number> {
  const label = columnId(spec, spec.label.column);
  const key = keyColumns(spec).join(", ");
  const rows = key === "" ? checkedTable : `(SELECT DISTINCT ${key}, ${label} FROM ${checkedTable})`;
  if (spec.horizonHours === undefined || spec.time === undefined)
    return count(session, `SELECT count(*) AS n FROM ${rows} WHERE ${label} IS NOT NULL`);
  const time = columnId(spec, spec.time);
  const entity = spec.entity === undefined ? undefined : columnId(spec, spec.entity);
  const same = entity === undefined ? "" : `AND later.${entity} IS NOT DISTINCT FROM here.${entity}`;
  return count(
    session,
    `SELECT count(*) AS n FROM ${rows} here JOIN ${rows} later
       ON later.${time} = here.${time} + ${Math.round(spec.horizonHours * hourMs)} ${same} WHERE later.${label} IS NOT NULL`,
  );
}

async function count(session: SqlSession, sql: string): Promise<number> {
  return Number((await session.rows(sql))[0].n);
}
