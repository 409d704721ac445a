import type { SqlSession } from "../ports";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { identifier } from "./readDataset";

/** What one column of a dataset holds. */
export type ColumnProfile = { type: string; count: number; missing: number } & Record<string, unknown>;

const topCategories = 50;

/** Describes every column of the table `checked`: counts, range, moments and quantiles, or the most frequent values. */
export async function profileDataset(session: SqlSession, spec: UsecaseSpec): Promise<Record<string, ColumnProfile>> {
  const profile: Record<string, ColumnProfile> = {};
  for (const [name, { type }] of Object.entries(spec.columns)) {
    const column = identifier(name);
    const [{ count, missing }] = await session.rows(
      `SELECT count(${column}) AS count, count(*) - count(${column}) AS missing FROM checked`,
    );
    const common = { type, count: Number(count), missing: Number(missing) };
    profile[name] = {
      ...common,
      ...(type === "category" ? await categories(session, column) : await numbers(session, column)),
    };
  }
  return profile;
}

async function numbers(session: SqlSession, column: string): Promise<Record<string, unknown>> {
  const [row] = await session.rows(
    `SELECT min(${column}) AS min, max(${column}) AS max, avg(${column}) AS mean, stddev_pop(${column}) AS std,
       ${[5, 25, 50, 75, 95].map((p) => `quantile_cont(${column}, ${p / 100}) AS p${p}`).join(", ")} FROM checked`,
  );
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value === null ? null : Number(value)]));
}

async function categories(session: SqlSession, column: string): Promise<Record<string, unknown>> {
  const rows = await session.rows(
    `SELECT ${column} AS value, count(*) AS n FROM checked WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY n DESC, value LIMIT ${topCategories}`,
  );
  const [{ distinct }] = await session.rows(`SELECT count(DISTINCT ${column}) AS "distinct" FROM checked`);
  return { distinct: Number(distinct), top: rows.map(({ value, n }) => ({ value, count: Number(n) })) };
}
