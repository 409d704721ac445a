import type { SqlSession } from "../ports";
import { rowNumber, sourceColumn } from "./columnNames";
import type { FileLimits } from "./overLimit";
import { readingFile } from "./readingFile";
import { refuseLargeParquet } from "./refuseLargeParquet";
import { identifier, literal } from "./sqlText";
import type { FileFaults, TableFile } from "./tableFile";

const fileRow = "file_row_number";

/** Opens a Parquet file; AppError rejected with the reader's reason when it is not one, or is over a limit. */
export async function openParquet(
  session: SqlSession,
  file: string,
  limits: FileLimits,
): Promise<TableFile | FileFaults> {
  await refuseLargeParquet(session, file, limits);
  const plain = `read_parquet(${literal(file)}, hive_partitioning = false)`;
  const described = await readingFile(() => session.rows(`DESCRIBE SELECT * FROM ${plain}`));
  const names = described.map(({ column_name: name }) => String(name));
  const [{ n }] = await readingFile(() => session.rows(`SELECT count(*) AS n FROM ${plain}`));
  if (Number(n) === 0) return { faults: [{ message: "the file has no rows" }], faultCount: 1 };
  const columns = names.map((name, i) => `${identifier(name)} AS ${sourceColumn(i)}`);
  const sql = `SELECT ${rowOf(names)} AS ${rowNumber}, ${columns.join(", ")} FROM ${numbered(file, names)}`;
  const own = await columnNames(session, file);
  return { sql, names: own.map((name) => name.trim()), rowCount: Number(n), linesOf: async () => new Map() };
}

/** Names of the columns as the file has them: the reader numbers those that differ only in case. */
async function columnNames(session: SqlSession, file: string): Promise<string[]> {
  const schema = await readingFile(() =>
    session.rows(`SELECT name, coalesce(num_children, 0) AS children FROM parquet_schema(${literal(file)})`),
  );
  const names: string[] = [];
  for (let at = 1; at < schema.length; at = afterField(schema, at)) names.push(String(schema[at].name));
  return names;
}

/** Where the next field of the same level stands: a field is followed by those within it. */
function afterField(schema: Record<string, unknown>[], at: number): number {
  let next = at + 1;
  for (let child = 0; child < Number(schema[at].children); child++) next = afterField(schema, next);
  return next;
}

/** Whether the reader's own column for row numbers would meet one of the file; it then refuses the file. */
function hasFileRow(names: string[]): boolean {
  return names.some((name) => name.toLowerCase() === fileRow);
}

/**
 * The number of a row from 1 on; without the reader's, by counting, which keeps the order of the file but holds up its
 * threads.
 */
function rowOf(names: string[]): string {
  return hasFileRow(names) ? "row_number() OVER ()" : `${fileRow} + 1`;
}

function numbered(file: string, names: string[]): string {
  const option = hasFileRow(names) ? "" : `, ${fileRow} = true`;
  return `read_parquet(${literal(file)}, hive_partitioning = false${option})`;
}
