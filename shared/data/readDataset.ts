import { AppError, messageOf } from "../errors";
import type { SqlSession } from "../ports";
import type { ColumnSpec, UsecaseSpec } from "../usecase/usecaseSpec";

/** `name` as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `text` as an SQL string. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Number of the row in its file; the first data row is 1. */
export const rowNumber = "__row";

/** Reads a .csv, .csv.gz or .parquet file into the table `raw`, every cell as text; AppError rejected says why it cannot be read. */
export async function readDataset(session: SqlSession, file: string): Promise<string[]> {
  const source = file.endsWith(".parquet")
    ? `read_parquet(${literal(file)})`
    : `read_csv(${literal(file)}, all_varchar = true, header = true, parallel = false, sample_size = -1, null_padding = false)`;
  try {
    await session.run(`CREATE OR REPLACE TABLE raw AS SELECT row_number() OVER () AS ${rowNumber}, * FROM ${source}`);
    const columns = await session.rows(
      "SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'raw'",
    );
    const names = columns.map(({ name }) => String(name)).filter((name) => name !== rowNumber);
    for (const name of names) await trimHeader(session, name, names);
    return names.map((name) => name.trim());
  } catch (cause) {
    throw new AppError("rejected", `the file cannot be read: ${firstLines(messageOf(cause), file)}`, { cause });
  }
}

async function trimHeader(session: SqlSession, name: string, names: string[]): Promise<void> {
  const trimmed = name.trim();
  if (trimmed === name || names.includes(trimmed)) return;
  await session.run(`ALTER TABLE raw RENAME COLUMN ${identifier(name)} TO ${identifier(trimmed)}`);
}

/** The reader's own words without the path of the temporary file and without advice about its options. */
function firstLines(message: string, file: string): string {
  const lines = message.replaceAll(file, "the file").split("\n");
  return lines
    .slice(0, 3)
    .filter((line) => line.trim() !== "" && !/possible (fixes|solution)/i.test(line))
    .join(" ")
    .slice(0, 300);
}

const missingWords = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"].map(literal).join(", ");

/** SQL of a cell's text, trimmed; NULL where it says "missing". */
function textOf(name: string): string {
  const cell = `trim(CAST(${identifier(name)} AS VARCHAR))`;
  return `CASE WHEN ${cell} IN (${missingWords}) THEN NULL ELSE ${cell} END`;
}

/** SQL of a column's typed value and of the fault of a cell (its message, or NULL where it is fine). */
export function typedColumn(name: string, column: ColumnSpec): { value: string; fault: string } {
  if (column.type === "number") return numberColumn(name, column);
  if (column.type === "category") return categoryColumn(name, column);
  const text = textOf(name);
  const value = `TRY_CAST(${text} AS TIMESTAMP)`;
  return {
    value: `epoch_ms(${value})`,
    fault: `CASE WHEN ${text} IS NULL THEN 'the timestamp is missing' WHEN ${value} IS NULL THEN ${shown(text)} || ' is no ISO 8601 timestamp' END`,
  };
}

function numberColumn(name: string, column: ColumnSpec & { type: "number" }) {
  const text = textOf(name);
  const number = `TRY_CAST(${text} AS DOUBLE)`;
  const sentinel = column.sentinels.length > 0 ? `${number} IN (${column.sentinels.join(", ")})` : "false";
  const bounds = [
    ...(column.min === undefined ? [] : [`${number} < ${column.min}`]),
    ...(column.max === undefined ? [] : [`${number} > ${column.max}`]),
  ];
  const outside = bounds.length > 0 ? `(${bounds.join(" OR ")})` : "false";
  const range = `${column.min ?? "any"} to ${column.max ?? "any"}`;
  const cases = [
    `WHEN ${text} IS NOT NULL AND (${number} IS NULL OR NOT isfinite(${number})) THEN ${shown(text)} || ' is not a number'`,
    ...(column.outOfRange === "reject"
      ? [`WHEN NOT (${sentinel}) AND ${outside} THEN ${shown(text)} || ${literal(` is out of range (${range})`)}`]
      : []),
    ...(column.nullable
      ? []
      : [`WHEN ${text} IS NULL OR ${sentinel} THEN 'the value is missing, and the column is not nullable'`]),
  ];
  const dropped = column.outOfRange === "missing" ? `${sentinel} OR ${outside}` : sentinel;
  return { value: `CASE WHEN ${dropped} THEN NULL ELSE ${number} END`, fault: `CASE ${cases.join(" ")} END` };
}

function categoryColumn(name: string, column: ColumnSpec & { type: "category" }) {
  const text = textOf(name);
  const sentinel = column.sentinels.length > 0 ? `${text} IN (${column.sentinels.map(literal).join(", ")})` : "false";
  const value = `CASE WHEN ${sentinel} THEN NULL ELSE ${text} END`;
  const cases = [
    ...(column.values
      ? [
          `WHEN ${value} NOT IN (${column.values.map(literal).join(", ")}) THEN ${shown(text)} || ${literal(` is not one of ${column.values.join(", ")}`)}`,
        ]
      : []),
    ...(column.nullable ? [] : [`WHEN ${value} IS NULL THEN 'the value is missing, and the column is not nullable'`]),
  ];
  return { value, fault: cases.length > 0 ? `CASE ${cases.join(" ")} END` : "NULL" };
}

/** A clipped copy of the cell for the data's owner; it goes into the dataset's record, never into telemetry. */
function shown(text: string): string {
  return `'"' || left(${text}, 24) || '"'`;
}

/** Makes `table` from `raw`: the spec's columns typed (timestamps in epoch ms), with the row number. */
export async function typeDataset(session: SqlSession, spec: UsecaseSpec, table: string): Promise<void> {
  const columns = Object.entries(spec.columns).map(
    ([name, column]) => `${typedColumn(name, column).value} AS ${identifier(name)}`,
  );
  await session.run(
    `CREATE OR REPLACE TABLE ${identifier(table)} AS SELECT ${rowNumber}, ${columns.join(", ")} FROM raw`,
  );
}
