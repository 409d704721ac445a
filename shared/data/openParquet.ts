import type { SqlSession } from "../ports";
import type { DataLimits } from "../usecase/limitsSpec";
import type { DatasetSource, FileFaults } from "./readDataset";
import { readingFile } from "./readingFile";
import { refuseLargeParquet } from "./refuseLargeParquet";
import { identifier, literal, rowNumber } from "./sqlText";

const fileRow = "file_row_number";

/** Opens a Parquet file; AppError rejected with the reader's reason when it is none, or over a limit. */
export async function openParquet(
  session: SqlSession,
  file: string,
  limits: DataLimits,
): Promise<DatasetSource | FileFaults> {
  await refuseLargeParquet(session, file, limits);
  const plain = `read_parquet(${literal(file)}, hive_partitioning = false)`;
  const described = await readingFile(() => session.rows(`DESCRIBE SELECT * FROM ${plain}`));
  const names = described.map(({ column_name: name }) => String(name));
  const [{ n }] = await readingFile(() => session.rows(`SELECT count(*) AS n FROM ${plain}`));
  if (Number(n) === 0) return { reasons: [{ message: "the file has no rows" }], reasonCount: 1 };
  const columns = names.map((name, i) => `${identifier(name)} AS s${i}`);
  const sql = `SELECT ${rowOf(names)} AS ${rowNumber}, ${columns.join(", ")} FROM ${numbered(file, names)}`;
  return { sql, names: names.map((name) => name.trim()), rowCount: Number(n), linesOf: async () => new Map() };
}

/** Whether the reader's own column for row numbers would meet one of the file; it then refuses the file. */
function hasFileRow(names: string[]): boolean {
  return names.some((name) => name.toLowerCase() === fileRow);
}

/** The number of a row from 1 on; without the reader's, by counting, which keeps the order of the file but holds up its threads. */
function rowOf(names: string[]): string {
  return hasFileRow(names) ? "row_number() OVER ()" : `${fileRow} + 1`;
}

function numbered(file: string, names: string[]): string {
  const option = hasFileRow(names) ? "" : `, ${fileRow} = true`;
  return `read_parquet(${literal(file)}, hive_partitioning = false${option})`;
}
