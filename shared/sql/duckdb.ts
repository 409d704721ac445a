import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DuckDBConnection, DuckDBResultReader } from "@duckdb/node-api";
import type { SqlColumns, SqlEngine, SqlSession, SqlValue } from "../ports";

/** SqlEngine on DuckDB, which is loaded at first use: only the functions that read datasets pay for it. */
export function createDuckDb(): SqlEngine {
  return { withSession };
}

async function withSession<T>(work: (session: SqlSession, folder: string) => Promise<T>): Promise<T> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const folder = await mkdtemp(path.join(tmpdir(), "tidegate-sql-"));
  const instance = await DuckDBInstance.create(":memory:", { threads: "2", memory_limit: "600MB" });
  const connection = await instance.connect();
  try {
    for (const statement of confine(folder)) await connection.run(statement);
    return await work(sessionOf(connection), folder);
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The database reads and writes its own folder and nothing else, and no statement can change that. */
function confine(folder: string): string[] {
  const quoted = `'${folder.replaceAll("'", "''")}'`;
  return [
    `SET temp_directory = ${quoted}`,
    `SET allowed_directories = [${quoted}]`,
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET TimeZone = 'UTC'",
    "SET preserve_insertion_order = true",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
  ];
}

function sessionOf(connection: DuckDBConnection): SqlSession {
  const read = (sql: string, parameters: SqlValue[] = []): Promise<DuckDBResultReader> =>
    connection.runAndReadAll(sql, parameters);
  return {
    run: async (sql, parameters = []) => {
      await connection.run(sql, parameters);
    },
    rows: async (sql, parameters) => (await read(sql, parameters)).getRowObjectsJS() as Record<string, SqlValue>[],
    columns: async (sql, parameters) => toColumns(await read(sql, parameters)),
  };
}

function toColumns(reader: DuckDBResultReader): SqlColumns {
  const names = reader.columnNames();
  const values = reader.getColumnsJS();
  const columns: SqlColumns["columns"] = {};
  for (let i = 0; i < names.length; i++)
    columns[names[i]] = typed(values[i] as SqlValue[], reader.columnType(i).toString());
  return { rowCount: reader.currentRowCount, columns };
}

function typed(values: SqlValue[], type: string): Float64Array | (string | null)[] {
  if (type === "VARCHAR") return values as (string | null)[];
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) numbers[i] = values[i] === null ? Number.NaN : Number(values[i]);
  return numbers;
}
