import { createWriteStream } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ownValue } from "../ownValue";
import type { SqlColumns, SqlSession } from "../ports";
import { rowNumber, sourceColumn } from "../sql/columnNames";
import { openTableFile } from "../sql/openTableFile";
import { instantSql, numberSql } from "../sql/parsedText";
import { identifier, literal } from "../sql/sqlText";
import type { TableFile } from "../sql/tableFile";
import type { ColumnType, UsecaseSpec } from "../usecase/usecaseSpec";
import type { ExportOutcome, ExportTask } from "./dataTasks";

/** Writes rows of a file into `folder`; a file that cannot be read is an outcome, not an error. */
export async function exportRows(session: SqlSession, folder: string, task: ExportTask): Promise<ExportOutcome> {
  const { file, format, spec } = task;
  const target = path.join(folder, `rows.${format}`);
  const source = await openTableFile(session, file, spec.limits);
  if ("faults" in source) return { ...source, names: [], rowCount: 0, path: target };
  if (format === "jsonl") await writeLines(await session.columns(pageSql(source, textColumns(source), task)), target);
  else
    await session.run(
      `COPY (${pageSql(source, namedColumns(source, spec, format), task)}) TO ${literal(target)} (${copyOptions[format]})`,
    );
  return { faults: [], faultCount: 0, names: source.names, rowCount: source.rowCount, path: target };
}

const copyOptions = { csv: "FORMAT csv, HEADER", parquet: "FORMAT parquet, COMPRESSION zstd" };

function pageSql({ sql, rowCount }: TableFile, columns: string[], { first = 1, most = rowCount }: ExportTask): string {
  const ofPage = `${rowNumber} >= ${first} AND ${rowNumber} < ${first + most}`;
  return `SELECT ${columns.join(", ")} FROM (${sql}) WHERE ${ofPage} ORDER BY ${rowNumber}`;
}

function textColumns({ names }: TableFile): string[] {
  return names.map((_name, i) => `${textOf(i)} AS ${sourceColumn(i)}`);
}

function textOf(column: number): string {
  return `CAST(${sourceColumn(column)} AS VARCHAR)`;
}

/** Under the names in the file; one that stands there twice, whatever the case, gets a number. */
function namedColumns({ names }: TableFile, spec: UsecaseSpec, format: "csv" | "parquet"): string[] {
  const taken = new Set<string>();
  return names.map((name, i) => {
    let free = name === "" ? `column_${i + 1}` : name;
    for (let n = 1; taken.has(free.toLowerCase()); n++) free = `${name}_${n}`;
    taken.add(free.toLowerCase());
    const type = ownValue(spec.columns, name)?.type;
    const cell = format === "csv" || type === undefined ? textOf(i) : typedCell[type](`trim(${textOf(i)})`);
    return `${cell} AS ${identifier(free)}`;
  });
}

const typedCell: Record<ColumnType, (text: string) => string> = {
  number: numberSql,
  category: (text) => `nullif(${text}, '')`,
  timestamp: (text) => `make_timestamp_ms(${instantSql(text)})`,
};

async function writeLines({ rowCount, columns }: SqlColumns, target: string): Promise<void> {
  const all = Object.values(columns) as (string | null)[][];
  function* lines() {
    for (let row = 0; row < rowCount; row++) yield `${JSON.stringify(all.map((column) => column[row]))}\n`;
  }
  await pipeline(Readable.from(lines()), createWriteStream(target));
}
