import type { SqlSession } from "../ports";
import { openCsv } from "./openCsv";
import { openParquet } from "./openParquet";
import type { FileLimits } from "./overLimit";
import type { FileFaults, TableFile } from "./tableFile";

/**
 * Opens a .csv, .csv.gz or .parquet file in the session's folder; AppError rejected when it is damaged, or over a
 * limit.
 */
export function openTableFile(session: SqlSession, file: string, limits: FileLimits): Promise<TableFile | FileFaults> {
  return file.endsWith(".parquet") ? openParquet(session, file, limits) : openCsv(session, file, limits);
}
