import { figure, percent } from "../figure";
import type { SqlSession } from "../ports";
import { rowNumber } from "../sql/columnNames";
import { columnUnit } from "../usecase/columnUnit";
import type { ColumnType, UsecaseSpec } from "../usecase/usecaseSpec";
import { checkDataset, checkedTable } from "./checkDataset";
import type { DatasetFile } from "./prepareDataset";
import { columnId, keyColumns } from "./specColumns";
import { columnParts } from "./typedColumn";

/** How much the rows that replace known ones change of a column. */
export interface ColumnChange {
  name: string;
  unit?: string;
  /** rows in which the value differs */
  rows: number;
  /** mean absolute change where both values are numbers, in the column's unit */
  meanChange?: number;
}

/**
 * How the rows of a file relate to those that are known: each time (of an entity) counts once; without a time, each
 * row.
 */
export interface KnownRows {
  fresh: number;
  repeated: number;
  replaced: number;
  /** columns that differ in rows that are replaced, the most changed first */
  changes: ColumnChange[];
}

const droppedTable = "dropped";

/**
 * Compares the typed table `checked` of a new file, which is used up, with the newest rows of the `earlier` versions.
 * Without a time no row replaces another: one that is equal to a known row in every column repeats it.
 */
export async function compareWithKnown(
  session: SqlSession,
  earlier: DatasetFile[],
  spec: UsecaseSpec,
): Promise<KnownRows> {
  const key = keyColumns(spec);
  if (key.length === 0) return compareCopies(session, earlier, spec);
  await session.run(
    `CREATE OR REPLACE TABLE ${droppedTable} AS SELECT * FROM ${checkedTable} ${firstOf(key, rowNumber)}`,
  );
  const known = await loadKnown(session, earlier, spec, key);
  const same = key.map((column) => `own.${column} IS NOT DISTINCT FROM earlier.${column}`).join(" AND ");
  const others = Object.keys(spec.columns)
    .map((name) => ({ name, id: columnId(spec, name) }))
    .filter(({ id }) => !key.includes(id));
  const differs = others.map(({ id }) => `own.${id} IS DISTINCT FROM earlier.${id}`).join(" OR ") || "false";
  await session.run(
    `CREATE OR REPLACE TABLE met AS SELECT ${others.flatMap(({ id }) => [`own.${id} AS new_${id}`, `earlier.${id} AS old_${id}`]).join(", ")}, ${differs} AS is_replaced
       FROM ${droppedTable} own JOIN (${known}) earlier ON ${same}`,
  );
  const [{ dropped }] = await session.rows(`SELECT count(*) AS dropped FROM ${droppedTable}`);
  const [{ met, replaced }] = await session.rows(`SELECT count(*) AS met, count_if(is_replaced) AS replaced FROM met`);
  return {
    fresh: Number(dropped) - Number(met),
    repeated: Number(met) - Number(replaced),
    replaced: Number(replaced),
    changes: Number(replaced) === 0 ? [] : await columnChanges(session, others, spec),
  };
}

/**
 * Equal rows of a file repeat known ones as often as they are in the version that has the most of them; training keeps
 * as many.
 */
async function compareCopies(session: SqlSession, earlier: DatasetFile[], spec: UsecaseSpec): Promise<KnownRows> {
  const content = `hash(${Object.keys(spec.columns)
    .map((name) => columnId(spec, name))
    .join(", ")})`;
  const copies = `SELECT ${content} AS content, count(*) AS copies FROM ${checkedTable}`;
  await session.run(`CREATE OR REPLACE TABLE ${droppedTable} AS ${copies} GROUP BY 1`);
  await session.run(`CREATE OR REPLACE TABLE known AS SELECT * FROM ${droppedTable} LIMIT 0`);
  for (const { path } of earlier) {
    // the next run, which cannot use one that no longer fits the spec, says so
    if (!(await checkDataset(session, path, spec)).accepted) continue;
    await session.run(
      `INSERT INTO known ${copies} WHERE ${content} IN (SELECT content FROM ${droppedTable}) GROUP BY 1`,
    );
  }
  const [{ dropped, repeated }] = await session.rows(
    `SELECT sum(own.copies) AS dropped, sum(least(own.copies, coalesce(earlier.copies, 0))) AS repeated FROM ${droppedTable} own
       LEFT JOIN (SELECT content, max(copies) AS copies FROM known GROUP BY content) earlier ON earlier.content = own.content`,
  );
  return { fresh: Number(dropped) - Number(repeated), repeated: Number(repeated), replaced: 0, changes: [] };
}

/** SQL of the newest row of each key among the earlier versions, as far as the new file's times reach. */
async function loadKnown(
  session: SqlSession,
  earlier: DatasetFile[],
  spec: UsecaseSpec,
  [time, ...more]: string[],
): Promise<string> {
  const key = [time, ...more];
  const within = `${time} BETWEEN (SELECT min(${time}) FROM ${droppedTable}) AND (SELECT max(${time}) FROM ${droppedTable})`;
  await session.run(`CREATE OR REPLACE TABLE known AS SELECT 0 AS version, * FROM ${droppedTable} LIMIT 0`);
  for (const { version, path } of earlier) {
    // the next run, which cannot use one that no longer fits the spec, says so
    if (!(await checkDataset(session, path, spec)).accepted) continue;
    await session.run(`INSERT INTO known SELECT ${version}, * FROM ${checkedTable} WHERE ${within}`);
  }
  return `SELECT * FROM known ${firstOf(key, `version DESC, ${rowNumber}`)}`;
}

function firstOf(key: string[], order: string): string {
  return `QUALIFY row_number() OVER (PARTITION BY ${key.join(", ")} ORDER BY ${order}) = 1`;
}

/** SQL of the mean absolute change of a column of each type, NULL where it has none. */
const meanChange: Record<ColumnType, (id: string, differs: string) => string> = {
  number: (id, differs) => `avg(abs(new_${id} - old_${id})) FILTER (${differs})`,
  category: () => "NULL",
  timestamp: () => "NULL",
};

async function columnChanges(
  session: SqlSession,
  columns: { name: string; id: string }[],
  spec: UsecaseSpec,
): Promise<ColumnChange[]> {
  const changes: ColumnChange[] = [];
  for (const part of columnParts(columns)) {
    const sums = part.map(({ name, id }, at) => {
      const differs = `new_${id} IS DISTINCT FROM old_${id}`;
      const mean = meanChange[spec.columns[name].type](id, differs);
      return `count_if(${differs}) AS rows${at}, ${mean} AS mean${at}`;
    });
    const [row] = await session.rows(`SELECT ${sums.join(", ")} FROM met WHERE is_replaced`);
    for (const [at, { name }] of part.entries()) {
      const mean = row[`mean${at}`];
      changes.push({
        name,
        unit: columnUnit(spec.columns[name]),
        rows: Number(row[`rows${at}`]),
        meanChange: mean === null ? undefined : Number(mean),
      });
    }
  }
  return changes.filter(({ rows }) => rows > 0).sort((a, b) => b.rows - a.rows);
}

const shownColumns = 8;

/** What people should know of a file that repeats or replaces what was known. */
export function comparisonNotes({ fresh, repeated, replaced, changes }: KnownRows): string[] {
  const notes: string[] = [];
  const all = fresh + repeated + replaced;
  if (replaced > 0) {
    const shown = changes.slice(0, shownColumns).map((change) => changeText(change, replaced));
    const more = changes.length > shownColumns ? `; and ${changes.length - shownColumns} more columns` : "";
    notes.push(`${replaced} of ${all} rows replace known rows: ${shown.join("; ")}${more}`);
  }
  if (repeated > 0) notes.push(`${repeated} of ${all} rows repeat known rows with the same values`);
  return notes;
}

function changeText({ name, unit, rows, meanChange }: ColumnChange, replaced: number): string {
  const change = meanChange === undefined ? "" : `, by ${figure(meanChange)}${unit ? ` ${unit}` : ""} on average`;
  return `${name} differs in ${percent(rows / replaced)} of them${change}`;
}
