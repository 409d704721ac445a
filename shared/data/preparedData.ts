import type { FeatureTable } from "../featureTable";
import type { Task } from "../usecase/specTask";

/** Rows of one validation fold, as indices into the table. */
export interface Fold {
  train: Int32Array;
  validation: Int32Array;
}

/** Labelled rows ready for training: every dataset version together, split, with where each row came from. */
export interface PreparedData {
  task: Task;
  /** none with regression */
  classes: string[];
  positiveIndex?: number;
  /** labelled rows; levels of categories come from the training rows only, other values read as missing */
  table: FeatureTable;
  /** columns to slice the hold-out by that are not features */
  sliceTable?: FeatureTable;
  /** class index per row; empty with regression */
  target: Int32Array;
  /** label per row, with regression */
  values?: Float64Array;
  /** epoch ms per row, for series */
  times?: Float64Array;
  /**
   * what is drawn as one when rows are drawn again, per row: the day for series, the group of a split by group, or the
   * first of equal rows
   */
  blocks: Int32Array;
  blockUnit: "row" | "group" | "day";
  /** class of the observed current state per row, -1 where unknown; where there is a horizon */
  currentClass?: Int32Array;
  /** the label's observed current value per row, NaN where unknown; where there is a horizon, with regression */
  currentValue?: Float64Array;
  trainRows: Int32Array;
  holdoutRows: Int32Array;
  folds: Fold[];
  /** dataset version and row number in its file, per row */
  source: { version: Int32Array; row: Int32Array };
  counts: PreparedCounts;
}

export interface PreparedCounts {
  rows: number;
  labelled: number;
  /** rows whose label is unknown: their later state was not observed */
  unlabelled: number;
  /** labelled rows between the training span and the hold-out, used by neither */
  gap: number;
  /** rows that another one replaced */
  duplicates: number;
}

type Column = Int32Array | Float32Array | Float64Array;
const columnTypes = { i32: Int32Array, f32: Float32Array, f64: Float64Array };
const alignment = 8;

interface Slot {
  type: keyof typeof columnTypes;
  length: number;
}

/**
 * Encodes for worker threads and blobs: a JSON header, then the columns as they lie in memory (little-endian); the same
 * data gives the same bytes.
 */
export function encodePrepared(data: PreparedData): Uint8Array {
  const columns: Column[] = [];
  const keep = (column: Column) => columns.push(column) - 1;
  const plain = {
    ...data,
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
    table: plainTable(data.table, keep),
    sliceTable: data.sliceTable && plainTable(data.sliceTable, keep),
  };
  const slots = columns.map((column): Slot => ({ type: typeOf(column), length: column.length }));
  const header = Buffer.from(JSON.stringify({ plain, slots }));
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
  const { plain, slots } = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + 4, headerLength).toString("utf8"));
  let at = padded(4 + headerLength);
  const columns = (slots as Slot[]).map(({ type, length }) => {
    const column = new columnTypes[type](bytes.buffer, bytes.byteOffset + at, length);
    at = padded(at + column.byteLength);
    return column;
  });
  const column = (index?: number) => (index === undefined ? undefined : columns[index]);
  return {
    ...plain,
    target: column(plain.target),
    times: column(plain.times),
    blocks: column(plain.blocks),
    blockUnit: plain.blockUnit ?? (plain.times === undefined ? "row" : "day"), // written before it was kept
    values: column(plain.values),
    currentClass: column(plain.currentClass),
    currentValue: column(plain.currentValue),
    trainRows: column(plain.trainRows),
    holdoutRows: column(plain.holdoutRows),
    folds: plain.folds.map((fold: Record<keyof Fold, number>) => ({
      train: column(fold.train),
      validation: column(fold.validation),
    })),
    source: { version: column(plain.source.version), row: column(plain.source.row) },
    table: tableOf(plain.table, columns),
    sliceTable: plain.sliceTable && tableOf(plain.sliceTable, columns),
  };
}

/** A table whose columns are places in a list. */
interface PlainTable {
  rowCount: number;
  numbers: { name: string; values: number }[];
  categories: { name: string; levels: readonly string[]; codes: number }[];
}

function plainTable({ rowCount, numbers, categories }: FeatureTable, keep: (column: Column) => number): PlainTable {
  return {
    rowCount,
    numbers: numbers.map(({ name, values }) => ({ name, values: keep(values) })),
    categories: categories.map(({ name, levels, codes }) => ({ name, levels, codes: keep(codes) })),
  };
}

function tableOf({ rowCount, numbers, categories }: PlainTable, columns: Column[]): FeatureTable {
  return {
    rowCount,
    numbers: numbers.map(({ name, values }) => ({ name, values: columns[values] as Float32Array })),
    categories: categories.map(({ name, levels, codes }) => ({ name, levels, codes: columns[codes] as Int32Array })),
  };
}

function typeOf(column: Column): Slot["type"] {
  if (column instanceof Int32Array) return "i32";
  return column instanceof Float32Array ? "f32" : "f64";
}

function padded(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}
