import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ownValue } from "../ownValue";
import type { SqlSession } from "../ports";
import { rowNumber } from "../sql/columnNames";
import { identifier, literal } from "../sql/sqlText";
import type { ColumnType, UsecaseSpec } from "../usecase/usecaseSpec";
import { auditColumns, renamedColumns } from "./auditColumns";
import { labelledTable } from "./labelledRows";
import type { PreparedData } from "./preparedData";
import { columnId } from "./specColumns";

/**
 * Writes the labelled rows for auditors: dataset version, row number, role (train, gap, holdout), label, and the spec's
 * columns with features filled; times in UTC; the file's metadata says which had to be renamed. For the session that
 * prepared `data`, right after; `path` lies in its folder.
 */
export async function writePreparedParquet(
  session: SqlSession,
  data: PreparedData,
  spec: UsecaseSpec,
  path: string,
): Promise<void> {
  const roles = `${path}.roles.csv`;
  await pipeline(Readable.from(roleLines(data)), createWriteStream(roles));
  const columns = auditColumns(spec).map(({ name, as }) => {
    const id = `${labelledTable}.${columnId(spec, name)}`;
    const type = ownValue(spec.columns, name)?.type;
    return `${type === undefined ? id : auditedCell[type](id)} AS ${identifier(as)}`;
  });
  const renamed = literal(JSON.stringify(renamedColumns(spec) ?? {}));
  await session.run(
    `COPY (SELECT ${labelledTable}.version AS dataset_version, ${labelledTable}.${rowNumber} AS dataset_row, roles.role AS split_role,
         ${labelledTable}.label AS label_class, ${columns.join(", ")}
       FROM ${labelledTable} JOIN read_csv(${literal(roles)}, header = false, auto_detect = false,
         columns = {place: 'INTEGER', version: 'INTEGER', row_in_file: 'INTEGER', role: 'VARCHAR'}) roles
       ON ${labelledTable}.version = roles.version AND ${labelledTable}.${rowNumber} = roles.row_in_file ORDER BY roles.place)
     TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {renamed_columns: ${renamed}})`,
  );
  await rm(roles);
}

/** SQL of a cell of a column of each type, as auditors read it. */
const auditedCell: Record<ColumnType, (cell: string) => string> = {
  number: (cell) => cell,
  category: (cell) => cell,
  timestamp: (cell) => `make_timestamp_ms(${cell})`,
};

function* roleLines({ trainRows, holdoutRows, source }: PreparedData): Generator<string> {
  const roles = new Array<string>(source.row.length).fill("gap");
  for (const row of trainRows) roles[row] = "train";
  for (const row of holdoutRows) roles[row] = "holdout";
  for (let row = 0; row < roles.length; row++) yield `${row},${source.version[row]},${source.row[row]},${roles[row]}\n`;
}
