import type { SqlSession } from "../ports";
import type { DatasetSource, FileFaults } from "./readDataset";
import { readingFile } from "./readingFile";
import { identifier, literal, rowNumber } from "./sqlText";

const fileRow = "file_row_number";

/** Opens a Parquet file; AppError rejected with the reader's reason when it is none. */
export async function openParquet(session: SqlSession, file: string): Promise<DatasetSource | FileFaults> {
  const source = `read_parquet(${literal(file)}, file_row_number = true, hive_partitioning = false)`;
  const described = await readingFile(() => session.rows(`DESCRIBE SELECT * FROM ${source}`));
  const all = described.map(({ column_name: name }) => String(name));
  const names = all.filter((name) => name !== fileRow);
  const [{ n }] = await readingFile(() => session.rows(`SELECT count(*) AS n FROM ${source}`));
  if (Number(n) === 0) return { reasons: [{ message: "the file has no rows" }], reasonCount: 1 };
  const columns = names.map((name, i) => `${identifier(name)} AS s${i}`);
  const sql = `SELECT ${fileRow} + 1 AS ${rowNumber}, ${columns.join(", ")} FROM ${source}`;
  return { sql, names: names.map((name) => name.trim()), linesOf: async () => new Map() };
}
