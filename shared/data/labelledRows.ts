import type { SqlColumns, SqlSession } from "../ports";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import type { PreparedCounts } from "./preparedData";
import { identifier, literal, rowNumber } from "./readDataset";

const hourMs = 3_600_000;

/** The labelled rows of several typed dataset versions (tables `v1`, `v2`, ...) as columns: version, row, time, label, current, f0, f1, ... */
export async function buildLabelledRows(
  session: SqlSession,
  versions: number[],
  spec: UsecaseSpec,
): Promise<{ columns: SqlColumns; counts: Omit<PreparedCounts, "gap"> }> {
  const names = Object.keys(spec.columns).map(identifier).join(", ");
  const parts = versions.map((version) => `SELECT ${version} AS __version, ${rowNumber}, ${names} FROM v${version}`);
  await session.run(`CREATE OR REPLACE TABLE every AS ${parts.join(" UNION ALL ")}`);
  await session.run(
    `CREATE OR REPLACE TABLE united AS ${spec.time === undefined ? uniteUnkeyed(names) : uniteByKey(spec, spec.time)}`,
  );
  await session.run(`CREATE OR REPLACE TABLE labelled AS ${labelSql(spec)}`);
  const columns = await session.columns(selectSql(spec));
  const all = await size(session, "every");
  const rows = await size(session, "united");
  return {
    columns,
    counts: { rows, labelled: columns.rowCount, unlabelled: rows - columns.rowCount, duplicates: all - rows },
  };
}

async function size(session: SqlSession, table: string): Promise<number> {
  return Number((await session.rows(`SELECT count(*) AS n FROM ${table}`))[0].n);
}

/** One row a time and entity: the newest version's, and within it the last in the file. */
function uniteByKey(spec: UsecaseSpec, time: string): string {
  const key = [time, ...(spec.entity ? [spec.entity] : [])].map(identifier).join(", ");
  return `SELECT * FROM every QUALIFY row_number() OVER (PARTITION BY ${key} ORDER BY __version DESC, ${rowNumber} DESC) = 1`;
}

/** Equal rows across versions are kept as often as the version that holds them most often. */
function uniteUnkeyed(names: string): string {
  return `SELECT * EXCLUDE (__copy) FROM
    (SELECT *, row_number() OVER (PARTITION BY __version, ${names} ORDER BY ${rowNumber}) AS __copy FROM every)
    QUALIFY row_number() OVER (PARTITION BY ${names}, __copy ORDER BY __version) = 1`;
}

/** Adds the label: the mapped state at exactly time + horizon of the same entity, observed and never filled; or the row's own. */
function labelSql(spec: UsecaseSpec): string {
  const { time, entity, horizonHours } = spec;
  const features = `(SELECT * ${fillSql(spec)}, ${classSql(spec)} AS __class FROM united)`;
  if (horizonHours === undefined || time === undefined)
    return `SELECT *, __class AS __label, NULL AS __current FROM ${features} WHERE __class IS NOT NULL`;
  const same = entity ? `AND later.${identifier(entity)} IS NOT DISTINCT FROM now.${identifier(entity)}` : "";
  return `SELECT now.*, later.__class AS __label, now.__class AS __current
    FROM ${features} now
    JOIN (SELECT *, ${classSql(spec)} AS __class FROM united) later
      ON later.${identifier(time)} = now.${identifier(time)} + ${horizonHours * hourMs} ${same}
    WHERE later.__class IS NOT NULL`;
}

/** SQL of the class that a row's observed state maps to. */
function classSql({ label }: UsecaseSpec): string {
  const state = identifier(label.column);
  if (!label.mapping) return state;
  const cases = Object.entries(label.mapping).map(([raw, name]) => `WHEN ${literal(raw)} THEN ${literal(name)}`);
  return `CASE ${state} ${cases.join(" ")} END`;
}

/** Fills missing categories with the last one of the same entity, no older than the column's limit; features only. */
function fillSql({ columns, time, entity }: UsecaseSpec): string {
  if (time === undefined) return "";
  const at = identifier(time);
  const partition = entity ? `PARTITION BY ${identifier(entity)}` : "";
  const over = `OVER (${partition} ORDER BY ${at} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
  const filled = Object.entries(columns).flatMap(([name, column]) => {
    if (column.type !== "category" || column.fillForwardHours === undefined) return [];
    const cell = identifier(name);
    const age = `${at} - last_value(CASE WHEN ${cell} IS NOT NULL THEN ${at} END IGNORE NULLS) ${over}`;
    return `CASE WHEN ${age} <= ${column.fillForwardHours * hourMs} THEN last_value(${cell} IGNORE NULLS) ${over} END AS ${cell}`;
  });
  return filled.length > 0 ? `REPLACE (${filled.join(", ")})` : "";
}

/** Rows in an order that depends on their content alone, so that the order in the files changes nothing. */
function selectSql(spec: UsecaseSpec): string {
  const time = spec.time === undefined ? [] : [`${identifier(spec.time)} AS time`];
  const features = spec.features.map((name, i) => `${identifier(name)} AS f${i}`);
  const key = [...(spec.time ? [spec.time] : []), ...(spec.entity ? [spec.entity] : []), ...Object.keys(spec.columns)];
  return `SELECT __version AS version, ${rowNumber} AS row, ${[...time, ...features].join(", ")},
      __label AS label, CAST(__current AS VARCHAR) AS current
    FROM labelled ORDER BY ${[...new Set(key)].map(identifier).join(", ")}, version, row`;
}
