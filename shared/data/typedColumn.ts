import type { ColumnSpec, UsecaseSpec } from "../usecase/usecaseSpec";
import { columnId, literal, rowNumber } from "./sqlText";

/** SQL of a column's typed value, and of what is wrong with a cell (its message, NULL where nothing is). */
export interface TypedColumn {
  value: string;
  fault: string;
}

/** column of a typed table: cells at fault in the row */
export const faultCount = "fault_count";

const missingWords = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"].map(literal).join(", ");
/** features are float32: a larger number would become infinite */
const largest = 3.4028234e38;
const isMissing = "'the value is missing, and the column must have one'";

/** SQL of the view `raw` over `source`, whose columns c0, c1, ... are text: the row number, each cell trimmed (t0, ...) and parsed once (p0, ...). */
export function rawViewSql(spec: UsecaseSpec, source: string): string {
  const names = Object.keys(spec.columns);
  const trimmed = names.map((name, i) => `trim(${columnId(spec, name)}) AS t${i}`);
  const parsed = names.map((name, i) => `${parsedCell(spec.columns[name], `t${i}`)} AS p${i}`);
  return `CREATE OR REPLACE VIEW raw AS SELECT *, ${parsed.join(", ")} FROM (SELECT ${rowNumber}, ${trimmed.join(", ")} FROM (${source}))`;
}

/** Reads a column of the view `raw` as the spec declares it: number as DOUBLE, category as VARCHAR, timestamp as BIGINT epoch ms, UTC. */
export function typedColumn(spec: UsecaseSpec, name: string): TypedColumn {
  const column = spec.columns[name];
  const at = Object.keys(spec.columns).indexOf(name);
  const cell = { text: `t${at}`, parsed: `p${at}` };
  if (column.type === "number") return numberColumn(column, cell);
  if (column.type === "timestamp") return timestampColumn(cell);
  return categoryColumn(column, cell.text, allowedValues(spec, name, column));
}

interface Cell {
  text: string;
  parsed: string;
}

function parsedCell({ type }: ColumnSpec, text: string): string {
  if (type === "category") return text;
  if (type === "timestamp") return timestamp(text);
  return `CASE WHEN contains(${text}, '_') THEN NULL ELSE TRY_CAST(${text} AS DOUBLE) END`; // "1_000" is a number to SQL only
}

/** Makes `table` from the view `raw`: the row number, the spec's columns, typed, and how many cells of the row are at fault. */
export function typedTableSql(spec: UsecaseSpec, table: string): string {
  const typed = Object.keys(spec.columns).map((name) => ({ id: columnId(spec, name), ...typedColumn(spec, name) }));
  const values = typed.map(({ id, value }) => `${value} AS ${id}`).join(", ");
  const faults = typed.map(({ fault }) => `CAST(${fault} IS NOT NULL AS INTEGER)`).join(" + ");
  return `CREATE OR REPLACE TABLE ${table} AS SELECT CAST(${rowNumber} AS INTEGER) AS ${rowNumber}, ${values}, ${faults} AS ${faultCount} FROM raw`;
}

/** A raw value without a class would be an unlabelled row that nobody notices: the mapping's keys are all there may be. */
function allowedValues(spec: UsecaseSpec, name: string, column: ColumnSpec & { type: "category" }) {
  if (name !== spec.label.column || spec.label.mapping === undefined) return column.values;
  return column.values ?? Object.keys(spec.label.mapping);
}

function numberColumn(column: ColumnSpec & { type: "number" }, { text, parsed }: Cell): TypedColumn {
  const isSentinel =
    column.sentinels.length > 0 ? `coalesce(${parsed} IN (${column.sentinels.join(", ")}), false)` : "false";
  const outside = [
    ...(column.min === undefined ? [] : [`${parsed} < ${column.min}`]),
    ...(column.max === undefined ? [] : [`${parsed} > ${column.max}`]),
  ];
  const isOutside = outside.length > 0 ? `coalesce(${outside.join(" OR ")}, false)` : "false";
  const dropped = column.outOfRange === "missing" ? `(${isSentinel} OR ${isOutside})` : isSentinel;
  const range = `is out of range, ${column.min ?? "any"} to ${column.max ?? "any"}`;
  const notFinite = `(${parsed} IS NULL OR NOT isfinite(${parsed}))`;
  const cases = [
    `WHEN ${notFinite} AND ${text} NOT IN (${missingWords}) THEN ${says(text, "is not a number")}`,
    `WHEN ${parsed} NOT BETWEEN -${largest} AND ${largest} AND isfinite(${parsed}) AND NOT ${dropped} THEN ${says(text, "is too large for a float32")}`,
  ];
  if (column.outOfRange === "reject") cases.push(`WHEN ${isOutside} AND NOT ${isSentinel} THEN ${says(text, range)}`);
  const value = `CASE WHEN ${notFinite} OR ${dropped} THEN NULL ELSE ${parsed} END`;
  if (!column.nullable) cases.push(`WHEN ${value} IS NULL THEN ${isMissing}`);
  return { value, fault: `CASE ${cases.join(" ")} END` };
}

function categoryColumn(column: ColumnSpec & { type: "category" }, cell: string, allowed?: string[]): TypedColumn {
  const dropped = ["", ...column.sentinels].map(literal).join(", ");
  const value = `CASE WHEN ${cell} NOT IN (${dropped}) THEN ${cell} END`;
  const cases: string[] = [];
  if (allowed) {
    const listed =
      allowed.length > 12 ? `${allowed.slice(0, 12).join(", ")} and ${allowed.length - 12} more` : allowed.join(", ");
    cases.push(
      `WHEN ${value} NOT IN (${allowed.map(literal).join(", ")}) THEN ${says(cell, `is not one of ${listed}`)}`,
    );
  }
  if (!column.nullable) cases.push(`WHEN ${value} IS NULL THEN ${isMissing}`);
  return { value, fault: cases.length > 0 ? `CASE ${cases.join(" ")} END` : "NULL::VARCHAR" };
}

const usual = String.raw`\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z?`;
/** The groups: date, time to the minute, seconds, offset sign, hours and minutes. */
const general = String.raw`^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?)?\s?(?:Z|([+-])([01]\d)(?::?([0-5]\d))?)?$`;

/** SQL of the instant, epoch ms: ISO 8601, or the same with a space and without seconds or time; without a zone it is UTC. NULL for anything else. */
function timestamp(text: string): string {
  const part = (group: number) => `regexp_extract(${text}, ${literal(general)}, ${group})`;
  const orElse = (group: number, otherwise: string) => `coalesce(nullif(${part(group)}, ''), '${otherwise}')`;
  const local = `TRY_CAST(${part(1)} || ' ' || ${orElse(2, "00:00")} || ${orElse(3, ":00")} AS TIMESTAMP)`;
  // the cast itself would read an offset and ignore it
  const offsetMs = `(CAST(${orElse(4, "+")} || '60000' AS BIGINT) * (60 * CAST(${orElse(5, "0")} AS BIGINT) + CAST(${orElse(6, "0")} AS BIGINT)))`;
  return `CASE WHEN regexp_full_match(${text}, ${literal(usual)}) THEN epoch_ms(TRY_CAST(${text} AS TIMESTAMP)) ELSE epoch_ms(${local}) - ${offsetMs} END`;
}

function timestampColumn({ text, parsed }: Cell): TypedColumn {
  const fault = `CASE WHEN ${parsed} IS NOT NULL THEN NULL WHEN ${text} IS NULL OR ${text} = '' THEN 'the timestamp is missing'
    ELSE ${says(text, "is not an ISO 8601 timestamp")} END`;
  return { value: parsed, fault };
}

/** A clipped copy of the cell, for the data's owner; it goes into the dataset's record, never into telemetry. */
function says(cell: string, verdict: string): string {
  return `'"' || CASE WHEN length(${cell}) > 24 THEN left(${cell}, 24) || '...' ELSE ${cell} END || '" ' || ${literal(verdict)}`;
}
