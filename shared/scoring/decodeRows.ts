import { AppError, type ErrorDetail } from "../errors";
import type { FeatureSlot, ModelSignature } from "../onnx/signature";
import type { TensorInfo, TensorValue } from "../ports";
import { maxRows } from "./checkBodySize";

/** Tensors of `rowCount` rows, by input name, ready for the runtime. */
export interface DecodedRows {
  rowCount: number;
  tensors: Record<string, TensorValue>;
}

type Cells = Record<string | number, unknown>;

const maxDetails = 20;

/** Reads the plain endpoint's body (`data`: rows as arrays in feature order, or `rows`: objects by feature name) into tensors; AppError invalid_input lists each field at fault (never its content). */
export function decodeRows(body: unknown, signature: ModelSignature): DecodedRows {
  const { list, form } = rowsOf(body);
  const { features, inputs } = signature;
  const faults = checkRows(list, form, features);
  const tensors: Record<string, TensorValue> = {};
  for (const input of inputs) tensors[input.name] = newTensor(input, list.length);
  for (let at = 0; at < features.length && faults.length < maxDetails; at++) {
    const slot = features[at];
    fillColumn(list as Cells[], form === "data" ? at : slot.name, slot, tensors[slot.input], form, faults);
  }
  if (faults.length > 0)
    throw new AppError("invalid_input", `${faults[0].path}: ${faults[0].message}`, { details: faults });
  return { rowCount: list.length, tensors };
}

type Form = "data" | "rows";

function rowsOf(body: unknown): { list: unknown[]; form: Form } {
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
  return { list, form: data === undefined ? "rows" : "data" };
}

/** The faults of whole rows; with one, no cell is looked at. */
function checkRows(list: unknown[], form: Form, features: FeatureSlot[]): ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  for (let row = 0; row < list.length; row++) {
    const cells = list[row];
    if (form === "data" && Array.isArray(cells) && cells.length === features.length) continue;
    if (form === "rows" && typeof cells === "object" && cells !== null && !Array.isArray(cells)) continue;
    const names = features.map(({ name }) => name).join(", ");
    const message =
      form === "data"
        ? `${features.length} values are needed: ${names}`
        : `an object is needed with the fields ${names}`;
    faults.push({ path: `${form}[${row}]`, message });
    if (faults.length === maxDetails) break;
  }
  if (faults.length === 0) return faults;
  throw new AppError("invalid_input", `${faults[0].path}: ${faults[0].message}`, { details: faults });
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
  BYTES: (length) => new Array<string>(length).fill(""),
};

/** Copies one column of the rows into its place in the tensor; the usual cells (a finite number, a text) take no call. */
function fillColumn(
  rows: Cells[],
  key: string | number,
  slot: FeatureSlot,
  tensor: TensorValue,
  form: Form,
  faults: ErrorDetail[],
): void {
  const { data, datatype } = tensor;
  const width = tensor.shape.length === 2 ? tensor.shape[1] : 1;
  for (let row = 0, at = slot.index; row < rows.length; row++, at += width) {
    const value = rows[row][key];
    if (datatype === "FP32" && typeof value === "number") {
      const rounded = Math.fround(value);
      (data as Float32Array)[at] = rounded;
      if (rounded - rounded === 0) continue; // finite
    } else if (datatype === "BYTES" && typeof value === "string") {
      (data as string[])[at] = value;
      continue;
    }
    const fault = setCell(tensor, at, value, slot);
    if (fault === undefined) continue;
    const field = form === "data" ? `[${key}]` : `.${key}`;
    faults.push({ path: `${form}[${row}]${field}`, message: fault });
    if (faults.length === maxDetails) return;
  }
}

/** Stores a cell of any kind; returns what is wrong with it. */
function setCell(tensor: TensorValue, at: number, value: unknown, slot: FeatureSlot): string | undefined {
  if (slot.type === "category") return typeof value === "string" ? undefined : missingOrWrong(value, slot, "text");
  if (typeof value === "number") return storeNumber(tensor, at, value);
  if (tensor.datatype === "BOOL" && typeof value === "boolean") return storeNumber(tensor, at, value ? 1 : 0);
  if (tensor.datatype === "FP32" || tensor.datatype === "FP64") (tensor.data as Float32Array)[at] = Number.NaN;
  return missingOrWrong(value, slot, "a number");
}

function storeNumber({ datatype, data }: TensorValue, at: number, value: number): string | undefined {
  if (datatype === "FP32") return "the number is too large for a 32-bit float";
  if (datatype === "FP64") {
    (data as Float64Array)[at] = value;
    return Number.isFinite(value) ? undefined : "the number is too large";
  }
  if (!Number.isSafeInteger(value)) return "a whole number is needed";
  if (datatype === "INT64") {
    (data as BigInt64Array)[at] = BigInt(value);
    return undefined;
  }
  if (datatype === "BOOL" ? value !== 0 && value !== 1 : value !== value >> 0)
    return datatype === "BOOL" ? "true or false is needed" : "the number is too large for a 32-bit integer";
  (data as Int32Array)[at] = value;
  return undefined;
}

function missingOrWrong(value: unknown, slot: FeatureSlot, wanted: string): string | undefined {
  if (value !== null && value !== undefined) return `${wanted} is needed (${slot.name})`;
  if (slot.nullable && value === null) return undefined;
  if (slot.nullable) return `${slot.name} is missing; send null where the value is unknown`;
  return `${slot.name} must not be missing`;
}
