import { float32Interval } from "../math/float32Interval";
import { faultCount, parsedColumn, rowNumber, trimmedColumn } from "../sql/columnNames";
import { instantSql, numberSql } from "../sql/parsedText";
import { double, literal } from "../sql/sqlText";
import type { ColumnSpec, UsecaseSpec } from "../usecase/usecaseSpec";
import { columnId, positionOf } from "./specColumns";

/**
 * SQL of a column's typed value, of what is wrong with a cell (its message, NULL where nothing is), and of whether
 * anything is.
 */
export interface TypedColumn {
  value: string;
  fault: string;
  isFault: string;
}

const missingWords = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"].map(literal).join(", ");
/** features are float32: a larger number would become infinite */
const largest = 3.4028234e38;
const isMissing = "'the value is missing, and the column requires one'";

/**
 * SQL of the table `raw` over `source`, whose declared columns are text: the row number, each cell trimmed and parsed
 * once.
 */
export function rawTableSql(spec: UsecaseSpec, source: string): string {
  const names = Object.keys(spec.columns);
  const trimmed = names.map((name, i) => `trim(${columnId(spec, name)}) AS ${trimmedColumn(i)}`);
  const parsed = names.map((name, i) => `${parsedCell(spec.columns[name], trimmedColumn(i))} AS ${parsedColumn(i)}`);
  return `CREATE OR REPLACE TABLE raw AS SELECT *, ${parsed.join(", ")} FROM (SELECT ${rowNumber}, ${trimmed.join(", ")} FROM (${source}))`;
}

/**
 * Reads a column of the table `raw` as the spec declares it: number as DOUBLE, category as VARCHAR, timestamp as BIGINT
 * epoch ms, UTC.
 */
export function typedColumn(spec: UsecaseSpec, name: string): TypedColumn {
  const column = spec.columns[name];
  const position = positionOf(spec, name);
  const cell = { text: trimmedColumn(position), parsed: parsedColumn(position) };
  switch (column.type) {
    case "number":
      return numberColumn(column, cell, spec.features.includes(name));
    case "category":
      return categoryColumn(column, cell.text, allowedValues(spec, name, column));
    case "timestamp":
      return timestampColumn(cell);
  }
}

interface Cell {
  text: string;
  parsed: string;
}

function parsedCell({ type }: ColumnSpec, text: string): string {
  switch (type) {
    case "number":
      return numberSql(text);
    case "category":
      return text;
    case "timestamp":
      return instantSql(text);
  }
}

/**
 * every operation of a statement has a vector of its own, and those of hundreds of columns at once do not fit in memory
 */
const columnsAtOnce = 24;

/** `columns` in parts that one statement can work on. */
export function columnParts<T>(columns: T[]): T[][] {
  return Array.from({ length: Math.ceil(columns.length / columnsAtOnce) }, (_, at) =>
    columns.slice(at * columnsAtOnce, (at + 1) * columnsAtOnce),
  );
}

/**
 * Statements that make `table` from the table `raw`: the row number, the spec's columns, typed, and how many cells of
 * the row are at fault.
 */
export function typedTableSql(spec: UsecaseSpec, table: string): string[] {
  const typed = Object.keys(spec.columns).map((name) => ({ id: columnId(spec, name), ...typedColumn(spec, name) }));
  const parts = columnParts(typed).map((columns, at) => ({ name: `${table}_part${at}`, columns }));
  const typing = parts.map(({ name, columns }, at) => {
    const values = columns.map(({ id, value }) => `${value} AS ${id}`).join(", ");
    const faults = columns.map(({ isFault }) => `CAST(coalesce(${isFault}, false) AS INTEGER)`).join(" + ");
    const row = at === 0 ? `CAST(${rowNumber} AS INTEGER) AS ${rowNumber}, ` : "";
    return `CREATE OR REPLACE TEMP TABLE ${name} AS SELECT ${row}${values}, ${faults} AS faults${at} FROM raw`;
  });
  const ids = typed.map(({ id }) => id).join(", ");
  const faults = parts.map((_part, at) => `faults${at}`).join(" + ");
  // parts hold the same rows in the same order: the session preserves it
  const joined = parts.map(({ name }) => name).join(" POSITIONAL JOIN ");
  return [
    ...typing,
    `CREATE OR REPLACE TABLE ${table} AS SELECT ${rowNumber}, ${ids}, ${faults} AS ${faultCount} FROM ${joined}`,
    ...parts.map(({ name }) => `DROP TABLE ${name}`),
  ];
}

/** A raw value without a class would silently leave its row unlabelled: only the mapping's keys are allowed. */
function allowedValues(spec: UsecaseSpec, name: string, column: ColumnSpec & { type: "category" }) {
  if (name !== spec.label.column || spec.label.mapping === undefined) return column.values;
  return column.values ?? Object.keys(spec.label.mapping);
}

function numberColumn(column: NumberSpec, { text, parsed }: Cell, isFeature: boolean): TypedColumn {
  const { isSentinel, isOutside } = numberConditions(column, parsed, isFeature);
  const dropped = column.outOfRange === "missing" ? `(${isSentinel} OR ${isOutside})` : isSentinel;
  const range = `is out of range, ${column.min ?? "any"} to ${column.max ?? "any"}`;
  const notFinite = `(${parsed} IS NULL OR NOT isfinite(${parsed}))`;
  const faults: Fault[] = [
    { when: `${notFinite} AND ${text} NOT IN (${missingWords})`, message: says(text, "is not a number") },
    {
      when: `${parsed} NOT BETWEEN -${largest} AND ${largest} AND isfinite(${parsed}) AND NOT ${dropped}`,
      message: says(text, "is too large for a float32"),
    },
  ];
  if (column.outOfRange === "reject")
    faults.push({ when: `${isOutside} AND NOT ${isSentinel}`, message: says(text, range) });
  const value = `CASE WHEN ${notFinite} OR ${dropped} THEN NULL ELSE ${parsed} END`;
  if (!column.nullable) faults.push({ when: `${value} IS NULL`, message: isMissing });
  return { value, ...faultSql(faults) };
}

type NumberSpec = ColumnSpec & { type: "number" };

/**
 * What makes a number count as no value. A feature is compared as the float32 that the model is given, so that a
 * request is judged as a file is.
 */
function numberConditions({ min, max, sentinels }: NumberSpec, parsed: string, isFeature: boolean) {
  const intervalOf = isFeature ? float32Interval : (value: number) => ({ first: value, last: value });
  const isOne = sentinels.map((value) => {
    const { first, last } = intervalOf(value);
    return `${parsed} BETWEEN ${double(first)} AND ${double(last)}`;
  });
  const outside = [
    ...(min === undefined ? [] : [`${parsed} < ${double(intervalOf(min).first)}`]),
    ...(max === undefined ? [] : [`${parsed} > ${double(intervalOf(max).last)}`]),
  ];
  const anyOf = (conditions: string[]) =>
    conditions.length > 0 ? `coalesce(${conditions.join(" OR ")}, false)` : "false";
  return { isSentinel: anyOf(isOne), isOutside: anyOf(outside) };
}

function categoryColumn(column: ColumnSpec & { type: "category" }, cell: string, allowed?: string[]): TypedColumn {
  const dropped = ["", ...column.sentinels].map(literal).join(", ");
  const value = `CASE WHEN ${cell} NOT IN (${dropped}) THEN ${cell} END`;
  const faults: Fault[] = [];
  if (allowed) {
    const listed =
      allowed.length > 12 ? `${allowed.slice(0, 12).join(", ")} and ${allowed.length - 12} more` : allowed.join(", ");
    faults.push({
      when: `${value} NOT IN (${allowed.map(literal).join(", ")})`,
      message: says(cell, `is not one of ${listed}`),
    });
  }
  if (!column.nullable) faults.push({ when: `${value} IS NULL`, message: isMissing });
  return { value, ...faultSql(faults) };
}

function timestampColumn({ text, parsed }: Cell): TypedColumn {
  const faults = [
    { when: `${parsed} IS NULL AND (${text} IS NULL OR ${text} = '')`, message: "'the timestamp is missing'" },
    { when: `${parsed} IS NULL`, message: says(text, "is not an ISO 8601 timestamp") },
  ];
  return { value: parsed, ...faultSql(faults) };
}

/** A condition on a cell, and SQL of the sentence that says what is wrong when it holds. */
interface Fault {
  when: string;
  message: string;
}

/** The first fault's sentence, and whether there is one. */
function faultSql(faults: Fault[]): Pick<TypedColumn, "fault" | "isFault"> {
  if (faults.length === 0) return { fault: "NULL::VARCHAR", isFault: "false" };
  const cases = faults.map(({ when, message }) => `WHEN ${when} THEN ${message}`);
  return { fault: `CASE ${cases.join(" ")} END`, isFault: faults.map(({ when }) => `(${when})`).join(" OR ") };
}

/** A clipped copy of the cell, for the data's owner; it goes into the dataset's record, never into telemetry. */
function says(cell: string, verdict: string): string {
  return `'"' || CASE WHEN length(${cell}) > 24 THEN left(${cell}, 24) || '...' ELSE ${cell} END || '" ' || ${literal(verdict)}`;
}
