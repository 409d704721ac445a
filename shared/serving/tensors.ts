import type { FeatureSlot, ModelSignature } from "../onnx/signature";
import type { TensorInfo, TensorType, TensorValue } from "../ports";

const arrayOf: Record<TensorType, (length: number) => TensorValue["data"]> = {
  FP32: (length) => new Float32Array(length),
  FP64: (length) => new Float64Array(length),
  INT64: (length) => new BigInt64Array(length),
  INT32: (length) => new Int32Array(length),
  BOOL: (length) => new Uint8Array(length),
  BYTES: (length) => new Array<string>(length).fill(""),
};

/** A tensor of zeros or empty strings, with one row if the number of rows is open. */
export function zeroTensor({ datatype, shape }: TensorInfo): TensorValue {
  const concrete = shape.map((size) => (size === -1 ? 1 : size));
  const count = concrete.reduce((product, size) => product * size, 1);
  return { datatype, shape: concrete, data: arrayOf[datatype](count) };
}

/** An empty tensor for `rowCount` rows of an input. */
export function newTensor({ datatype, shape }: TensorInfo, rowCount: number): TensorValue {
  const width = rowWidth(shape);
  return {
    datatype,
    shape: shape.length === 2 ? [rowCount, width] : [rowCount],
    data: arrayOf[datatype](rowCount * width),
  };
}

/** The number of values per row in a tensor of one or two dimensions. */
export function rowWidth(shape: readonly number[]): number {
  return shape.length === 2 ? shape[1] : 1;
}

/** The cells of one feature by row: strings for a category, else numbers, NaN for a missing one. */
export type CellOf = (row: number) => number | string;

/** The model's inputs for `rowCount` rows; `column` returns the cells of a feature. */
export function toTensors(
  { inputs, features }: ModelSignature,
  rowCount: number,
  column: (slot: FeatureSlot, feature: number) => CellOf,
): Record<string, TensorValue> {
  const tensors: Record<string, TensorValue> = {};
  for (const input of inputs) tensors[input.name] = newTensor(input, rowCount);
  for (const [at, slot] of features.entries()) fill(tensors[slot.input], slot.index, rowCount, column(slot, at));
  return tensors;
}

function fill({ data, datatype, shape }: TensorValue, index: number, rowCount: number, cellOf: CellOf): void {
  const width = rowWidth(shape);
  for (let row = 0, at = index; row < rowCount; row++, at += width) {
    const cell = cellOf(row);
    if (datatype === "BYTES") (data as string[])[at] = cell as string;
    else if (datatype === "INT64") (data as BigInt64Array)[at] = BigInt(cell);
    else (data as Float32Array)[at] = cell as number;
  }
}

/** The `count` rows of some tensors from row `start` on. */
export function sliceTensors(
  tensors: Record<string, TensorValue>,
  start: number,
  count: number,
): Record<string, TensorValue> {
  const sliced: Record<string, TensorValue> = {};
  for (const [name, { datatype, shape, data }] of Object.entries(tensors)) {
    const width = rowWidth(shape);
    const part = data.slice(start * width, (start + count) * width) as TensorValue["data"];
    sliced[name] = { datatype, shape: shape.length === 2 ? [count, width] : [count], data: part };
  }
  return sliced;
}
