import type { SqlSession, SqlValue } from "../ports";
import type { ColumnType, UsecaseSpec } from "../usecase/usecaseSpec";
import { columnId } from "./specColumns";

/** What one column of a dataset holds; times in ISO 8601. */
export type ColumnProfile = { type: string; count: number; missing: number } & Record<string, unknown>;

const topCategories = 50;
const percentiles = [1, 5, 25, 50, 75, 95, 99];

/**
 * Describes every column of the table `checked`: count, missing, and for numbers range, mean, population deviation and
 * linearly interpolated quantiles, for timestamps the range, for categories the number of values and the most frequent
 * ones.
 */
export async function profileDataset(session: SqlSession, spec: UsecaseSpec): Promise<Record<string, ColumnProfile>> {
  const profile: Record<string, ColumnProfile> = {};
  for (const [name, { type }] of Object.entries(spec.columns)) {
    const column = columnId(spec, name);
    const [{ count, missing }] = await session.rows(
      `SELECT count(${column}) AS count, count(*) - count(${column}) AS missing FROM checked`,
    );
    profile[name] = {
      type,
      count: Number(count),
      missing: Number(missing),
      ...(await describe[type](session, column)),
    };
  }
  return profile;
}

type Describe = (session: SqlSession, column: string) => Promise<Record<string, unknown>>;

const describe: Record<ColumnType, Describe> = { number: numbers, category: categories, timestamp: times };

async function numbers(session: SqlSession, column: string): Promise<Record<string, unknown>> {
  const [row] = await session.rows(
    `SELECT min(${column}) AS min, max(${column}) AS max, avg(${column}) AS mean, stddev_pop(${column}) AS std,
       ${percentiles.map((p) => `quantile_cont(${column}, ${p / 100}) AS p${p}`).join(", ")} FROM checked`,
  );
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, orNull(value)]));
}

async function times(session: SqlSession, column: string): Promise<Record<string, unknown>> {
  const [{ min, max }] = await session.rows(`SELECT min(${column}) AS min, max(${column}) AS max FROM checked`);
  return { min: new Date(Number(min)).toISOString(), max: new Date(Number(max)).toISOString() };
}

async function categories(session: SqlSession, column: string): Promise<Record<string, unknown>> {
  const rows = await session.rows(
    `SELECT ${column} AS value, count(*) AS n FROM checked WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY n DESC, value LIMIT ${topCategories}`,
  );
  const [{ distinct }] = await session.rows(`SELECT count(DISTINCT ${column}) AS "distinct" FROM checked`);
  return { distinct: Number(distinct), top: rows.map(({ value, n }) => ({ value, count: Number(n) })) };
}

function orNull(value: SqlValue): number | null {
  return value === null ? null : Number(value);
}
