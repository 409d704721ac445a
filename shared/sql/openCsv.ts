import type { SqlSession } from "../ports";
import { rowNumber, sourceColumn } from "./columnNames";
import type { CsvFault } from "./csvScanner";
import type { FileLimits } from "./overLimit";
import { readingFile } from "./readingFile";
import { literal } from "./sqlText";
import type { FileFault, FileFaults, TableFile } from "./tableFile";
import { linesOfRows, unpackCsv } from "./unpackCsv";

/**
 * Opens a comma-separated file, packed or not, whose first record names the columns; AppError rejected when it is no
 * such file.
 */
export async function openCsv(session: SqlSession, file: string, limits: FileLimits): Promise<TableFile | FileFaults> {
  const { path, shape } = await unpackCsv(file, limits);
  if (shape.rowCount < 0) return fault("the file is empty");
  if (shape.faultCount > 0) return { faults: shape.faults.map(describe), faultCount: shape.faultCount };
  const names = await headerNames(session, path, shape.width);
  if (names.length === 1 && /[;\t]/.test(names[0]))
    return fault("the cells are separated by semicolons or tabs: save the file as comma-separated text");
  if (shape.rowCount === 0) return fault("the file has a header and no rows");
  // the row number must follow the file, so one thread reads it
  const sql = `SELECT * FROM (SELECT row_number() OVER () - 1 AS ${rowNumber}, * FROM ${reader(path, shape.width)}) WHERE ${rowNumber} > 0`;
  return { sql, names, rowCount: shape.rowCount, linesOf: (rows) => linesOfRows(path, rows) };
}

function fault(message: string): FileFaults {
  return { faults: [{ message }], faultCount: 1 };
}

function describe({ row, line, message }: CsvFault): FileFault {
  if (row === 0) return { message: `the header (line ${line}): ${message}` };
  return { row, message: `row ${row} (line ${line}): ${message}` };
}

/**
 * Every record as text, the header among them. The form was checked before, so nothing is guessed and nothing is
 * refused here.
 */
function reader(path: string, width: number): string {
  const columns = Array.from({ length: width }, (_, i) => `${sourceColumn(i)}: 'VARCHAR'`).join(", ");
  return `read_csv(${literal(path)}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', columns = {${columns}}, strict_mode = false, parallel = false, compression = 'none')`;
}

async function headerNames(session: SqlSession, path: string, width: number): Promise<string[]> {
  const [header] = await readingFile(() => session.rows(`SELECT * FROM ${reader(path, width)} LIMIT 1`));
  return Array.from({ length: width }, (_, i) => String(header[sourceColumn(i)] ?? "").trim());
}
