import { open } from "node:fs/promises";
import { AppError } from "../errors";
import type { SqlSession } from "../ports";
import { type FileLimits, refuseOver, refuseUnpacked } from "./overLimit";
import { readingFile } from "./readingFile";
import { literal } from "./sqlText";

/** reading one of a hundred thousand columns, 12 MB, takes 400 MB of memory */
const maxFooterMb = 24;

/**
 * Refuses a Parquet file for its size by what its footer says, before a row of it is read; AppError rejected names the
 * limit.
 */
export async function refuseLargeParquet(session: SqlSession, file: string, limits: FileLimits): Promise<void> {
  const { sizeBytes, footerBytes } = await footerOf(file);
  if (footerBytes > maxFooterMb * 2 ** 20)
    throw new AppError(
      "rejected",
      `the description of columns and row groups takes more than ${maxFooterMb} MB: write fewer columns or larger row groups`,
    );
  const ask = async (sql: string) => (await readingFile(() => session.rows(sql)))[0];
  const { columns } = await ask(
    `SELECT count(*) AS columns FROM parquet_schema(${literal(file)}) WHERE type IS NOT NULL`,
  );
  refuseOver(limits, "columns", Number(columns), `the file has ${columns} columns`);
  const { rows } = await ask(`SELECT sum(num_rows) AS "rows" FROM parquet_file_metadata(${literal(file)})`);
  refuseOver(limits, "rows", Number(rows), `the file has ${rows} rows`);
  const { bytes } = await ask(
    `SELECT coalesce(sum(total_uncompressed_size), 0) AS bytes FROM parquet_metadata(${literal(file)})`,
  );
  refuseUnpacked(limits, Number(bytes), sizeBytes);
}

/** A Parquet file ends with its footer, the footer's length (4 bytes, little-endian), and four letters. */
async function footerOf(file: string): Promise<{ sizeBytes: number; footerBytes: number }> {
  const handle = await open(file);
  try {
    const { size: sizeBytes } = await handle.stat();
    const end = Buffer.alloc(8);
    await handle.read(end, 0, 8, Math.max(sizeBytes - 8, 0));
    const footerBytes = end.readUInt32LE(0);
    return { sizeBytes, footerBytes: footerBytes < sizeBytes ? footerBytes : 0 }; // else damaged, which its reader says
  } finally {
    await handle.close();
  }
}
