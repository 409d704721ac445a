import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "../../shared/errors";
import { sourceColumn } from "../../shared/sql/columnNames";
import { createDuckDb } from "../../shared/sql/duckdb";
import { openTableFile } from "../../shared/sql/openTableFile";
import { limitsSpec } from "../../shared/usecase/limitsSpec";
import type { UsecaseSpec } from "../../shared/usecase/usecaseSpec";
import type { ReplayCells } from "./faults";

/** A row of the file with its time. */
export interface ReplayRow {
  timeMs: number;
  cells: ReplayCells;
}

/** practically none: the user replays a local file on the same machine */
const limits = limitsSpec.parse({ fileMb: 1e6, unpackedMb: 1e6, ratio: 1e6, rows: 1e9, cells: 1e12 });

/** The rows of a CSV or Parquet file with the spec's columns, in the order of their time. */
export async function readReplayRows(file: string, spec: UsecaseSpec): Promise<ReplayRow[]> {
  if (!existsSync(file)) throw new AppError("invalid_input", `there is no file ${file}`);
  const { time, columns } = spec;
  if (time === undefined)
    throw new AppError("invalid_input", `the use case ${spec.name} has no time column: only a series can be replayed`);
  return createDuckDb().withSession(async (session, folder) => {
    const copy = path.join(folder, path.basename(file));
    await copyFile(file, copy);
    const source = await openTableFile(session, copy, limits);
    if ("faults" in source) throw new AppError("invalid_input", `${file}: ${source.faults[0].message}`);
    const names = source.names.map((name) => name.trim());
    const missing = Object.keys(columns).filter((name) => !names.includes(name));
    if (missing.length > 0) throw new AppError("invalid_input", `${file} has no column ${missing.join(", ")}`);
    const texts = names.map((_name, i) => `CAST(${sourceColumn(i)} AS VARCHAR) AS ${sourceColumn(i)}`).join(", ");
    const read = await session.columns(`SELECT ${texts} FROM (${source.sql})`);
    const cellsOf = (name: string) => read.columns[sourceColumn(names.indexOf(name))] as (string | null)[];
    const times = cellsOf(time);
    const kept = Object.entries(columns).filter(([name]) => name !== time);
    const readers = kept.map(([name, { type }]) => [name, cellsOf(name), type] as const);
    const rows = times.map((text, row) => {
      const cells: ReplayCells = {};
      for (const [name, list, type] of readers) cells[name] = cellOf(list[row], type);
      return { timeMs: instantOf(text), cells };
    });
    const timed = rows.filter(({ timeMs }) => !Number.isNaN(timeMs));
    return timed.sort((a, b) => a.timeMs - b.timeMs);
  });
}

function cellOf(text: string | null, type: UsecaseSpec["columns"][string]["type"]): number | string | null {
  if (text === null || text.trim() === "") return null;
  if (type !== "number") return text;
  const value = Number(text);
  return Number.isNaN(value) ? null : value;
}

/** Without a zone it is UTC. */
function instantOf(text: string | null): number {
  if (text === null) return Number.NaN;
  const iso = text.trim().replace(" ", "T");
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`);
}

/** The standard deviation of a column over some rows. */
export function deviationIn(rows: readonly ReplayRow[], column: string): number {
  const values = rows.map(({ cells }) => cells[column]).filter((value) => typeof value === "number");
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** Rows as the text of a CSV file with the spec's columns. */
export function csvOf(rows: readonly ReplayRow[], spec: UsecaseSpec): string {
  const names = Object.keys(spec.columns);
  const quoted = (value: number | string | null) =>
    value === null ? "" : typeof value === "number" ? String(value) : `"${value.replaceAll('"', '""')}"`;
  const lines = rows.map(({ timeMs, cells }) =>
    names.map((name) => (name === spec.time ? new Date(timeMs).toISOString() : quoted(cells[name]))).join(","),
  );
  return `${[names.map(quoted).join(","), ...lines].join("\n")}\n`;
}
