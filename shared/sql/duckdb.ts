import type { DuckDBConnection } from "@duckdb/node-api";
import type { SqlEngine, SqlSession, SqlValue } from "../ports";
import { inTempFolder } from "../process/tempFolders";
import { readColumns } from "./readColumns";
import { literal } from "./sqlText";

export interface DuckDbLimits {
  /** room for sorting and joining; what does not fit goes to the session's folder */
  memoryBytes: number;
  /** what may go there */
  tempBytes: number;
}

const usualLimits: DuckDbLimits = { memoryBytes: 400e6, tempBytes: 4e9 };

/** SqlEngine on DuckDB, which is loaded at first use: only what reads datasets pays for it. */
export function createDuckDb(limits = usualLimits): SqlEngine {
  return {
    withSession: (work, folder) => {
      const open = (place: string) => inSession(limits, place, (session) => work(session, place));
      return folder === undefined ? inTempFolder(open) : open(folder);
    },
  };
}

async function inSession<T>(
  { memoryBytes, tempBytes }: DuckDbLimits,
  folder: string,
  work: (session: SqlSession) => Promise<T>,
): Promise<T> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const memory = `${Math.round(memoryBytes / 1e6)}MB`;
  const instance = await DuckDBInstance.create(":memory:", { threads: "2", memory_limit: memory });
  try {
    const connection = await instance.connect();
    try {
      for (const statement of confine(folder, tempBytes)) await connection.run(statement);
      return await work(sessionOf(connection));
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/**
 * The database reads and writes its own folder and nothing else, loads no extension, and no statement can change that.
 */
function confine(folder: string, tempBytes: number): string[] {
  const quoted = literal(folder);
  return [
    `SET temp_directory = ${quoted}`,
    `SET max_temp_directory_size = '${Math.round(tempBytes / 1e6)}MB'`,
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
