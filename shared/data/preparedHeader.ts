import { z } from "zod";
import { documentType, objectOf } from "../documents";
import type { FeatureTable } from "../featureTable";
import { countsSchema } from "./describeData";
import type { PreparedData } from "./preparedData";

export type Column = Int32Array | Float32Array | Float64Array;
export const columnTypes = { i32: Int32Array, f32: Float32Array, f64: Float64Array };

/** Type and length of one column. */
export interface Slot {
  type: keyof typeof columnTypes;
  length: number;
}

/** Data whose columns are replaced by their numbers in a list. */
type Numbered<T> = T extends Column
  ? number
  : T extends readonly string[]
    ? T
    : T extends readonly (infer Entry)[]
      ? Numbered<Entry>[]
      : T extends object
        ? { [K in keyof T]: Numbered<T[K]> }
        : T;

export type NumberedData = Numbered<PreparedData>;
export type NumberedTable = Numbered<FeatureTable>;

/** What precedes the columns of encoded data. */
export interface PreparedHeader {
  plain: NumberedData;
  slots: Slot[];
}

const column = z.int().min(0);

const table = objectOf<NumberedTable>({
  rowCount: z.int().min(0),
  numbers: z.array(z.object({ name: z.string(), values: column })),
  categories: z.array(z.object({ name: z.string(), levels: z.array(z.string()), codes: column })),
});

const plain = objectOf<NumberedData>({
  task: z.enum(["classification", "regression"]),
  classes: z.array(z.string()),
  positiveIndex: z.int().optional(),
  table,
  sliceTable: table.optional(),
  target: column,
  values: column.optional(),
  times: column.optional(),
  blocks: column,
  blockUnit: z.enum(["row", "group", "day"]),
  currentClass: column.optional(),
  currentValue: column.optional(),
  trainRows: column,
  holdoutRows: column,
  folds: z.array(z.object({ train: column, validation: column })),
  source: z.object({ version: column, row: column }),
  counts: countsSchema,
});

/** The first headers did not say what is drawn as one: it was the day where rows have a time. */
const withBlockUnit = z.looseObject({ plain: z.looseObject({}) }).transform(({ plain: data, ...header }) => ({
  ...header,
  plain: { blockUnit: data.times === undefined ? "row" : "day", ...data },
}));

const slot = objectOf<Slot>({ type: z.enum(["i32", "f32", "f64"]), length: z.int().min(0) });

/** The header of encoded data; every column that it names is there. */
export const preparedHeader = documentType(objectOf<PreparedHeader>({ plain, slots: z.array(slot) }), [withBlockUnit]);
