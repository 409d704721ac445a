import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "../../shared/errors";
import { sourceColumn } from "../../shared/sql/columnNames";
import { createDuckDb } from "../../shared/sql/duckdb";
import { openTableFile } from "../../shared/sql/openTableFile";
import { limitsSpec } from "../../shared/usecase/limitsSpec";

/**
 * Columns of a file by name; every requested cell must have a value, or AppError invalid_input names the one that has
 * none.
 */
export interface EvaluatedTable {
  rowCount: number;
  texts(column: string): string[];
  numbers(column: string): Float64Array;
}

/** practically none: the user evaluates a local file on the same machine */
const limits = limitsSpec.parse({ fileMb: 1e6, unpackedMb: 1e6, ratio: 1e6, rows: 1e9, cells: 1e12 });

/**
 * Reads a .csv, .csv.gz or .parquet file whose first record names the columns; AppError invalid_input if it is not such
 * a file.
 */
export async function readTable(file: string): Promise<EvaluatedTable> {
  if (!existsSync(file)) throw new AppError("invalid_input", `there is no file ${file}`);
  return createDuckDb().withSession(async (session, folder) => {
    // the database may read only its own folder
    const copy = path.join(folder, path.basename(file));
    await copyFile(file, copy);
    const source = await openTableFile(session, copy, limits);
    if ("faults" in source) throw new AppError("invalid_input", `${file}: ${source.faults[0].message}`);
    const cells = source.names
      .map((_name, i) => `CAST(${sourceColumn(i)} AS VARCHAR) AS ${sourceColumn(i)}`)
      .join(", ");
    const { rowCount, columns } = await session.columns(`SELECT ${cells} FROM (${source.sql})`);
    return tableOf(
      rowCount,
      source.names.map((name, i) => [name, columns[sourceColumn(i)] as (string | null)[]]),
    );
  });
}

/** A table from columns in memory. */
export function tableOf(rowCount: number, columns: [name: string, cells: (string | null)[]][]): EvaluatedTable {
  const byName = new Map(columns);
  const texts = (column: string) => {
    const cells = byName.get(column);
    if (cells === undefined)
      throw new AppError(
        "invalid_input",
        `there is no column "${column}"; the file has ${[...byName.keys()].join(", ")}`,
      );
    return cells.map((cell, row) => cell?.trim() || fault(column, row, "the cell is empty"));
  };
  const numbers = (column: string) =>
    Float64Array.from(texts(column), (cell, row) => {
      const value = Number(cell);
      return Number.isFinite(value) ? value : fault(column, row, `"${cell.slice(0, 40)}" is not a number`);
    });
  return { rowCount, texts, numbers };
}

function fault(column: string, row: number, message: string): never {
  throw new AppError("invalid_input", `row ${row + 1}, column "${column}": ${message}`);
}
