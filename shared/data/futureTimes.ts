import type { SqlSession } from "../ports";
import { rowNumber } from "../sql/columnNames";
import { dayMs } from "../time";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import type { RejectionReason } from "./rejectionReason";
import { columnId } from "./specColumns";

interface FutureTimes {
  reasons: RejectionReason[];
  reasonCount: number;
  notes: string[];
}

/** local times without a zone are read as UTC, and are up to 14 hours ahead of it */
const toleranceMs = dayMs;

/**
 * Looks for rows of the typed `table` that were observed more than a day after `now`: reasons to reject the file, at
 * most `limit` of them, or a note where the spec says so.
 */
export async function checkFutureTimes(
  session: SqlSession,
  table: string,
  spec: UsecaseSpec,
  now: Date,
  limit: number,
): Promise<FutureTimes> {
  const name = spec.time;
  const column = name === undefined ? undefined : spec.columns[name];
  if (name === undefined || column?.type !== "timestamp") return { reasons: [], reasonCount: 0, notes: [] };
  const time = columnId(spec, name);
  const isFuture = `${time} > ${now.getTime() + toleranceMs}`;
  const [totals] = await session.rows(`SELECT count(*) AS n, max(${time}) AS last FROM ${table} WHERE ${isFuture}`);
  const count = Number(totals.n);
  if (count === 0) return { reasons: [], reasonCount: 0, notes: [] };
  if (column.future === "warn") {
    const last = new Date(Number(totals.last)).toISOString();
    return { reasons: [], reasonCount: 0, notes: [`${count} rows are in the future, the last at ${last}`] };
  }
  const found = await session.rows(
    `SELECT ${rowNumber}, ${time} AS at FROM ${table} WHERE ${isFuture} ORDER BY ${rowNumber} LIMIT ${limit}`,
  );
  const reasons = found.map(({ [rowNumber]: row, at }) => ({
    row: Number(row),
    column: name,
    message: `row ${row}, column ${name}: ${new Date(Number(at)).toISOString()} is in the future, when nothing can have been observed yet`,
  }));
  return { reasons, reasonCount: count, notes: [] };
}
