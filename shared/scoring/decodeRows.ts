import { AppError, type ErrorDetail } from "../errors";
import type { FeatureSlot, ModelSignature } from "../onnx/signature";
import type { TensorInfo, TensorValue } from "../ports";

/** Tensors of `rowCount` rows, by input name, ready for the runtime. */
export interface DecodedRows {
  rowCount: number;
  tensors: Record<string, TensorValue>;
}

const maxDetails = 20;
export const maxRows = 100_000;

/** Reads the plain endpoint's body (`data`: rows as arrays in feature order, or `rows`: objects by feature name) into tensors of the signature; AppError invalid_input lists each field at fault (never its content). */
export function decodeRows(body: unknown, signature: ModelSignature): DecodedRows {
  const { list, byName } = rowsOf(body);
  const columns = signature.inputs.map((input) => newTensor(input, list.length));
  const faults: ErrorDetail[] = [];
  const byInput = new Map(signature.inputs.map((input, i) => [input.name, columns[i]]));
  const fill = byName ? fillFromObjects : fillFromArrays;
  fill(list, signature.features, (slot) => byInput.get(slot.input) as TensorValue, faults);
  if (faults.length > 0)
    throw new AppError("invalid_input", `${faults[0].path}: ${faults[0].message}`, {
      details: faults.slice(0, maxDetails),
    });
  return { rowCount: list.length, tensors: Object.fromEntries(byInput) };
}

function rowsOf(body: unknown): { list: unknown[]; byName: boolean } {
  const { data, rows } = (body ?? {}) as { data?: unknown; rows?: unknown };
  const list = data ?? rows;
  if (!Array.isArray(list) || (data !== undefined && rows !== undefined))
    throw new AppError(
      "invalid_input",
      'send exactly one of "data": rows as arrays in feature order, or "rows": rows as objects by feature name',
      { details: [{ path: "", message: 'exactly one of the arrays "data" and "rows" is needed' }] },
    );
  if (list.length > maxRows)
    throw new AppError(
      "too_large",
      `${list.length} rows in one request; the limit is ${maxRows}: send several requests`,
    );
  return { list, byName: rows !== undefined };
}

function newTensor(input: TensorInfo, rowCount: number): TensorValue {
  const width = input.shape.length === 2 ? input.shape[1] : 1;
  const shape = input.shape.length === 2 ? [rowCount, width] : [rowCount];
  return { datatype: input.datatype, shape, data: arrayOf[input.datatype](rowCount * width) };
}

const arrayOf: Record<TensorInfo["datatype"], (length: number) => TensorValue["data"]> = {
  FP32: (length) => new Float32Array(length),
  FP64: (length) => new Float64Array(length),
  INT64: (length) => new BigInt64Array(length),
  INT32: (length) => new Int32Array(length),
  BOOL: (length) => new Uint8Array(length),
  BYTES: (length) => new Array<string>(length),
};

type TensorOf = (slot: FeatureSlot) => TensorValue;

function fillFromArrays(list: unknown[], features: FeatureSlot[], tensorOf: TensorOf, faults: ErrorDetail[]): void {
  for (let row = 0; row < list.length && faults.length < maxDetails; row++) {
    const cells = list[row];
    if (!Array.isArray(cells) || cells.length !== features.length) {
      faults.push({ path: `data[${row}]`, message: `${features.length} values are needed: ${nameList(features)}` });
      list[row] = [];
    }
  }
  if (faults.length > 0) return;
  for (let at = 0; at < features.length; at++) {
    const slot = features[at];
    fillColumn(
      list.length,
      slot,
      tensorOf(slot),
      (row) => (list[row] as unknown[])[at],
      faults,
      (row) => `data[${row}][${at}]`,
    );
  }
}

function fillFromObjects(list: unknown[], features: FeatureSlot[], tensorOf: TensorOf, faults: ErrorDetail[]): void {
  for (let row = 0; row < list.length && faults.length < maxDetails; row++) {
    const cells = list[row];
    if (typeof cells !== "object" || cells === null || Array.isArray(cells))
      faults.push({ path: `rows[${row}]`, message: `an object is needed with the fields ${nameList(features)}` });
  }
  if (faults.length > 0) return;
  for (const slot of features) {
    const { name } = slot;
    const cell = (row: number) => (list[row] as Record<string, unknown>)[name];
    fillColumn(list.length, slot, tensorOf(slot), cell, faults, (row) => `rows[${row}].${name}`);
  }
}

function fillColumn(
  rowCount: number,
  slot: FeatureSlot,
  tensor: TensorValue,
  cell: (row: number) => unknown,
  faults: ErrorDetail[],
  path: (row: number) => string,
): void {
  const width = tensor.shape.length === 2 ? tensor.shape[1] : 1;
  for (let row = 0, at = slot.index; row < rowCount; row++, at += width) {
    const value = cell(row);
    const fault = slot.type === "category" ? setText(tensor, at, value, slot) : setNumber(tensor, at, value, slot);
    if (fault === undefined) continue;
    faults.push({ path: path(row), message: fault });
    if (faults.length >= maxDetails) return;
  }
}

function setText(tensor: TensorValue, at: number, value: unknown, slot: FeatureSlot): string | undefined {
  const data = tensor.data as string[];
  if (typeof value === "string") {
    data[at] = value;
    return undefined;
  }
  data[at] = ""; // the graph's missing category
  return missingOrWrong(value, slot, "text");
}

function setNumber(tensor: TensorValue, at: number, value: unknown, slot: FeatureSlot): string | undefined {
  if (typeof value === "number") return storeNumber(tensor, at, value);
  if (tensor.datatype === "BOOL" && typeof value === "boolean") return storeNumber(tensor, at, value ? 1 : 0);
  if (tensor.datatype === "FP32" || tensor.datatype === "FP64") (tensor.data as Float32Array)[at] = Number.NaN;
  return missingOrWrong(value, slot, "a number");
}

function storeNumber(tensor: TensorValue, at: number, value: number): string | undefined {
  if (tensor.datatype === "FP32") {
    const rounded = Math.fround(value);
    if (!Number.isFinite(rounded)) return "the number is too large for a 32-bit float";
    (tensor.data as Float32Array)[at] = rounded;
    return undefined;
  }
  if (tensor.datatype === "FP64") {
    (tensor.data as Float64Array)[at] = value;
    return undefined;
  }
  if (!Number.isSafeInteger(value)) return "a whole number is needed";
  if (tensor.datatype === "INT64") (tensor.data as BigInt64Array)[at] = BigInt(value);
  else if (value !== value >> 0) return "the number is too large for a 32-bit integer";
  else (tensor.data as Int32Array)[at] = value;
  return undefined;
}

function missingOrWrong(value: unknown, slot: FeatureSlot, wanted: string): string | undefined {
  if (value !== null && value !== undefined) return `${wanted} is needed (${slot.name})`;
  if (slot.nullable && value === null) return undefined;
  if (slot.nullable) return `${slot.name} is missing; send null where the value is unknown`;
  return `${slot.name} must not be missing`;
}

function nameList(features: FeatureSlot[]): string {
  return features.map(({ name }) => name).join(", ");
}
