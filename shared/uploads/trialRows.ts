import { seededRandom } from "../math/seededRandom";
import type { ModelSignature } from "../onnx/signature";
import type { TensorType, TensorValue } from "../ports";
import { newTensor } from "../serving/tensors";

/** Rows that a model trained elsewhere is tried on. */
export interface TrialRows {
  /** as in "fails on 2 rows of zeros" */
  name: string;
  rowCount: number;
  tensors: Record<string, TensorValue>;
  /** the model must answer such rows with finite numbers; others it must only survive */
  isUsual: boolean;
}

const manyRows = 1_000;
/** a wide model is tried on fewer rows, so that no trial has more cells than this */
const mostCells = 2_000_000;
/** each in all features of a row */
const extremes = [10, 101, 1e4, 1e6, -10, -101, -1e4, -1e6];
const seed = 21;

/** Zeros (of one row and of two), a thousand random rows, and large and negative numbers; the same for everyone. */
export function trialRows(signature: ModelSignature): TrialRows[] {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const width = signature.features.length;
  const many = Math.min(manyRows, Math.max(2, Math.floor(mostCells / width)));
  const alternating = (row: number, feature: number) => (feature % 2 === row % 2 ? 1e6 : -1e6);
  const far = (row: number, feature: number) => extremes[row] ?? alternating(row, feature);
  const rows = (name: string, rowCount: number, isUsual: boolean, cell: Cell): TrialRows => ({
    name: `${rowCount} ${rowCount === 1 ? "row" : "rows"} of ${name}`,
    rowCount,
    tensors: fill(signature, rowCount, cell),
    isUsual,
  });
  return [
    rows("zeros", 2, true, () => 0),
    rows("zeros", 1, true, () => 0),
    rows("random numbers", many, true, normal),
    rows("large and negative numbers", extremes.length + 2, false, far),
  ];
}

/** Rows of zeros with one value missing each, of the features `from` to `to`. */
export function rowsWithout(signature: ModelSignature, from: number, to: number): Record<string, TensorValue> {
  return fill(signature, to - from, (row, feature) => (feature === from + row ? Number.NaN : 0));
}

type Cell = (row: number, feature: number) => number;

function fill(signature: ModelSignature, rowCount: number, cell: Cell): Record<string, TensorValue> {
  const tensors: Record<string, TensorValue> = {};
  for (const input of signature.inputs) tensors[input.name] = newTensor(input, rowCount);
  signature.features.forEach((slot, feature) => {
    const tensor = tensors[slot.input];
    const width = tensor.data.length / rowCount;
    for (let row = 0; row < rowCount; row++) place(tensor, row * width + slot.index, cell(row, feature));
  });
  return tensors;
}

/** A cell for each tensor type, from a number and its whole part. */
const cellOf: Record<TensorType, (value: number, whole: number) => number | bigint | string> = {
  FP32: (value) => value,
  FP64: (value) => value,
  INT64: (_value, whole) => BigInt(whole),
  INT32: (_value, whole) => whole,
  BOOL: (value) => Number(value > 0),
  BYTES: (value, whole) => (value === 0 || Number.isNaN(value) ? "" : `text ${whole}`),
};

/** Whole numbers may be indices into a table of the model: random ones are 0 or 1. */
function place({ datatype, data }: TensorValue, at: number, value: number): void {
  const whole = Math.abs(value) < 10 ? Number(value > 0) : Math.trunc(value);
  (data as unknown[])[at] = cellOf[datatype](value, whole);
}
