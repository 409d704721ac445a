import { ownValue } from "../ownValue";
import type { SqlColumns, SqlSession } from "../ports";
import { faultCount, featureColumn, rowNumber, sliceColumn } from "../sql/columnNames";
import { literal } from "../sql/sqlText";
import { hourMs } from "../time";
import { columnsToSliceOnly } from "../usecase/evaluationSpec";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { derivedColumns } from "./derivedColumns";
import { filledColumns } from "./filledColumns";
import type { PreparedCounts } from "./preparedData";
import { columnId, keyColumns } from "./specColumns";

/** The table with the typed rows of a dataset version. */
export function versionTable(version: number): string {
  return `version_${version}`;
}

/**
 * The table that `buildLabelledRows` leaves behind: version, row, label, current state, and the spec's columns with
 * features filled.
 */
export const labelledTable = "labelled";

/**
 * Unites typed dataset versions (each in its `versionTable`, which is used up) and labels their rows. The columns:
 * version, row, time (epoch ms), group (where the split has one), label, current, a `featureColumn` each feature, and a
 * `sliceColumn` each column that is there to slice by only. The order of rows depends on their content alone.
 */
export async function buildLabelledRows(
  session: SqlSession,
  versions: number[],
  spec: UsecaseSpec,
): Promise<{ columns: SqlColumns; counts: Omit<PreparedCounts, "gap"> }> {
  const parts = versions.map(
    (version) =>
      `SELECT CAST(${version} AS INTEGER) AS version, * EXCLUDE (${faultCount}) FROM ${versionTable(version)}`,
  );
  await session.run(`CREATE OR REPLACE VIEW every_version AS ${parts.join(" UNION ALL ")}`);
  await session.run(`CREATE OR REPLACE TABLE united AS ${uniteSql(spec)}`);
  const all = await size(session, "every_version");
  const rows = await size(session, "united");
  await session.run("DROP VIEW every_version");
  for (const version of versions) await session.run(`DROP TABLE ${versionTable(version)}`);
  await session.run(`CREATE OR REPLACE TABLE ${labelledTable} AS ${labelSql(spec)}`);
  await session.run("DROP TABLE united");
  const columns = await session.columns(selectSql(spec));
  const labelled = columns.rowCount;
  return { columns, counts: { rows, labelled, unlabelled: rows - labelled, duplicates: all - rows } };
}

async function size(session: SqlSession, table: string): Promise<number> {
  return Number((await session.rows(`SELECT count(*) AS n FROM ${table}`))[0].n);
}

/**
 * With a key (time, entity): one row each, the newest version's; where earlier versions held the same values, it counts
 * as the first one's, so that a file which repeats what is known brings nothing new. Without: equal rows are kept as
 * often as the version that holds them most often, so that a corrected copy of a file does not count its rows twice,
 * and true repeats within a file stay.
 */
function uniteSql(spec: UsecaseSpec): string {
  const key = keyColumns(spec).join(", ");
  if (key !== "")
    return `SELECT * EXCLUDE (content, newest, other) FROM (
      SELECT *, max(CASE WHEN content <> newest THEN version END) OVER (PARTITION BY ${key}) AS other FROM (
        SELECT *, first_value(content) OVER (PARTITION BY ${key} ORDER BY version DESC, ${rowNumber}) AS newest FROM (
          SELECT *, hash(${usedColumns(spec).join(", ")}) AS content FROM every_version)))
      WHERE content = newest AND version > coalesce(other, 0)
      QUALIFY row_number() OVER (PARTITION BY ${key} ORDER BY version, ${rowNumber}) = 1`;
  const all = allColumns(spec).join(", ");
  return `SELECT * EXCLUDE (copy) FROM
    (SELECT *, row_number() OVER (PARTITION BY version, ${all} ORDER BY ${rowNumber}) AS copy FROM every_version)
    QUALIFY row_number() OVER (PARTITION BY ${all}, copy ORDER BY version) = 1`;
}

/** The columns that training uses. */
function usedColumns(spec: UsecaseSpec): string[] {
  const asked = [...spec.features, spec.label.column, ...columnsToSliceOnly(spec)];
  const group = spec.split.kind === "group" ? [spec.split.column] : [];
  const sources = new Set([...asked, ...group].map((name) => ownValue(spec.derived, name)?.column ?? name));
  return [...sources].map((name) => columnId(spec, name));
}

function allColumns(spec: UsecaseSpec): string[] {
  return Object.keys(spec.columns).map((name) => columnId(spec, name));
}

/** Adds the label: the class observed at exactly time + horizon of the same entity; without a horizon the row's own. */
function labelSql(spec: UsecaseSpec): string {
  const { time, entity, horizonHours } = spec;
  const columns = allColumns(spec).map((column) => `here.${column}`);
  const filled = filledColumns(spec);
  const features = [...columns.map((column) => filled.get(column) ?? column), ...derivedColumns(spec)].join(", ");
  const observed = `version, ${rowNumber}, ${features}, ${stateSql(spec, "here")} AS observed FROM united here`;
  if (horizonHours === undefined || time === undefined)
    return `SELECT *, observed AS label, NULL::VARCHAR AS "current" FROM (SELECT ${observed}) WHERE observed IS NOT NULL`;
  const at = columnId(spec, time);
  const series = entity === undefined ? undefined : columnId(spec, entity);
  const same = series === undefined ? "" : `AND later.${series} IS NOT DISTINCT FROM state.${series}`;
  return `SELECT state.*, ${stateSql(spec, "later")} AS label, state.observed AS "current"
    FROM (SELECT ${observed}) state JOIN united later
      ON later.${at} = state.${at} + ${Math.round(horizonHours * hourMs)} ${same}
    WHERE ${stateSql(spec, "later")} IS NOT NULL`;
}

/** SQL of the state that was observed in a row of `table`: its class, or with regression its number. */
function stateSql(spec: UsecaseSpec, table: string): string {
  const state = `${table}.${columnId(spec, spec.label.column)}`;
  if (spec.label.mapping === undefined) return state;
  const cases = Object.entries(spec.label.mapping).map(([raw, name]) => `WHEN ${literal(raw)} THEN ${literal(name)}`);
  return `CASE ${state} ${cases.join(" ")} END`;
}

/**
 * The labelled rows in an order that the order in the files cannot change; equal rows differ in nothing but their
 * source.
 */
function selectSql(spec: UsecaseSpec): string {
  const time = spec.time === undefined ? [] : [`CAST(${columnId(spec, spec.time)} AS DOUBLE) AS "time"`];
  const features = spec.features.map((name, i) => `${columnId(spec, name)} AS ${featureColumn(i)}`);
  const slices = columnsToSliceOnly(spec).map((name, i) => `${columnId(spec, name)} AS ${sliceColumn(i)}`);
  const order = [...new Set([...keyColumns(spec), ...allColumns(spec)])].join(", ");
  const group = spec.split.kind === "group" ? [`${columnId(spec, spec.split.column)} AS "group"`] : [];
  return `SELECT version, ${rowNumber} AS "row", ${[...time, ...features, ...slices, ...group].join(", ")}, label, "current"
    FROM ${labelledTable} ORDER BY ${order}, label, version, ${rowNumber}`;
}
