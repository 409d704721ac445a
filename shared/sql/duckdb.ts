import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { SqlEngine, SqlSession, SqlValue } from "../ports";
import { readColumns } from "./readColumns";

/** room for sorting and joining; what does not fit goes to the session's folder */
const memoryLimit = "400MB";

/** SqlEngine on DuckDB, which is loaded at first use: only the functions that read datasets pay for it. */
export function createDuckDb(): SqlEngine {
  return { withSession };
}

async function withSession<T>(work: (session: SqlSession, folder: string) => Promise<T>): Promise<T> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const folder = await mkdtemp(path.join(tmpdir(), "tidegate-sql-"));
  try {
    const instance = await DuckDBInstance.create(":memory:", { threads: "2", memory_limit: memoryLimit });
    try {
      const connection = await instance.connect();
      try {
        for (const statement of confine(folder)) await connection.run(statement);
        return await work(sessionOf(connection), folder);
      } finally {
        connection.closeSync();
      }
    } finally {
      instance.closeSync();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The database reads and writes its own folder and nothing else, loads no extension, and no statement can change that. */
function confine(folder: string): string[] {
  const quoted = `'${folder.replaceAll("'", "''")}'`;
  return [
    `SET temp_directory = ${quoted}`,
    `SET allowed_directories = [${quoted}]`,
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET TimeZone = 'UTC'",
    "SET preserve_insertion_order = true",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
  ];
}

function sessionOf(connection: DuckDBConnection): SqlSession {
  return {
    run: async (sql, parameters = []) => {
      await connection.run(sql, parameters);
    },
    rows: async (sql, parameters = []) =>
      (await connection.runAndReadAll(sql, parameters)).getRowObjectsJS() as Record<string, SqlValue>[],
    columns: async (sql, parameters = []) => readColumns(await connection.stream(sql, parameters)),
  };
}
