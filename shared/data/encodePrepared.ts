import { documentText, parseDocument } from "../documents";
import { AppError } from "../errors";
import type { FeatureTable } from "../featureTable";
import type { PreparedData } from "./preparedData";
import {
  type Column,
  columnTypes,
  type NumberedData,
  type NumberedTable,
  type PreparedHeader,
  preparedHeader,
  type Slot,
} from "./preparedHeader";

const alignment = 8;

/**
 * Encodes for worker threads and blobs: a JSON header, then the columns as they lie in memory (little-endian); the same
 * data gives the same bytes.
 */
export function encodePrepared(data: PreparedData): Uint8Array {
  const columns: Column[] = [];
  const keep = (column: Column) => columns.push(column) - 1;
  const { task, classes, positiveIndex, blockUnit, counts } = data;
  const plain: NumberedData = {
    ...{ task, classes, positiveIndex, blockUnit, counts },
    target: keep(data.target),
    times: data.times && keep(data.times),
    blocks: keep(data.blocks),
    values: data.values && keep(data.values),
    currentClass: data.currentClass && keep(data.currentClass),
    currentValue: data.currentValue && keep(data.currentValue),
    trainRows: keep(data.trainRows),
    holdoutRows: keep(data.holdoutRows),
    folds: data.folds.map(({ train, validation }) => ({ train: keep(train), validation: keep(validation) })),
    source: { version: keep(data.source.version), row: keep(data.source.row) },
    table: numberedTable(data.table, keep),
    sliceTable: data.sliceTable && numberedTable(data.sliceTable, keep),
  };
  const slots = columns.map((column): Slot => ({ type: typeOf(column), length: column.length }));
  const header = Buffer.from(documentText(preparedHeader, { plain, slots }));
  const bodyStart = padded(4 + header.byteLength);
  const bytes = Buffer.alloc(columns.reduce((end, column) => padded(end + column.byteLength), bodyStart));
  bytes.writeUInt32LE(header.byteLength, 0);
  header.copy(bytes, 4);
  let at = bodyStart;
  for (const column of columns) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at = padded(at + column.byteLength);
  }
  return bytes;
}

/**
 * The data that `encodePrepared` wrote; its columns are views of `encoded`, or of a copy where that does not lie on an
 * 8-byte boundary.
 */
export function decodePrepared(encoded: Uint8Array): PreparedData {
  const aligned = encoded.byteOffset % alignment === 0 ? encoded : new Uint8Array(encoded);
  const bytes = aligned as Uint8Array<ArrayBuffer>;
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = parseDocument(preparedHeader, bytes.subarray(4, 4 + headerLength), "prepared.bin");
  return withColumns(header, bytes, padded(4 + headerLength));
}

/** The header's data with columns in place of their numbers; the first column lies at byte `at`. */
function withColumns({ plain, slots }: PreparedHeader, bytes: Uint8Array<ArrayBuffer>, at: number): PreparedData {
  let from = at;
  const columns = slots.map(({ type, length }) => {
    const column = new columnTypes[type](bytes.buffer, bytes.byteOffset + from, length);
    from = padded(from + column.byteLength);
    return column;
  });
  const column = <T extends Column>(index: number) => columnOf<T>(columns, index);
  const optional = <T extends Column>(index?: number) => (index === undefined ? undefined : column<T>(index));
  return {
    ...plain,
    target: column(plain.target),
    times: optional(plain.times),
    blocks: column(plain.blocks),
    values: optional(plain.values),
    currentClass: optional(plain.currentClass),
    currentValue: optional(plain.currentValue),
    trainRows: column(plain.trainRows),
    holdoutRows: column(plain.holdoutRows),
    folds: plain.folds.map(({ train, validation }) => ({ train: column(train), validation: column(validation) })),
    source: { version: column(plain.source.version), row: column(plain.source.row) },
    table: tableOf(plain.table, columns),
    sliceTable: plain.sliceTable && tableOf(plain.sliceTable, columns),
  };
}

/** The column of a number, which is of the type that it was kept as. */
function columnOf<T extends Column>(columns: Column[], index: number): T {
  if (index >= columns.length)
    throw new AppError("corrupt", `prepared.bin names column ${index}, and it has ${columns.length}`);
  return columns[index] as T;
}

function numberedTable(
  { rowCount, numbers, categories }: FeatureTable,
  keep: (column: Column) => number,
): NumberedTable {
  return {
    rowCount,
    numbers: numbers.map(({ name, values }) => ({ name, values: keep(values) })),
    categories: categories.map(({ name, levels, codes }) => ({ name, levels, codes: keep(codes) })),
  };
}

function tableOf({ rowCount, numbers, categories }: NumberedTable, columns: Column[]): FeatureTable {
  return {
    rowCount,
    numbers: numbers.map(({ name, values }) => ({ name, values: columnOf<Float32Array>(columns, values) })),
    categories: categories.map(({ name, levels, codes }) => ({
      name,
      levels,
      codes: columnOf<Int32Array>(columns, codes),
    })),
  };
}

function typeOf(column: Column): Slot["type"] {
  if (column instanceof Int32Array) return "i32";
  return column instanceof Float32Array ? "f32" : "f64";
}

function padded(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}
