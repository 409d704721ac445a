import { AppError, type ErrorDetail } from "../errors";
import type { FeatureSlot, ModelSignature } from "../onnx/signature";
import type { TensorValue } from "../ports";
import { maxRows } from "./checkBodySize";
import { type ColumnReader, columnReaders } from "./columnReader";
import { type Findings, readCell } from "./readCell";
import { type Form, isRow, type RowList, rowList } from "./rowList";
import { addWarning, noWarnings, type RowWarnings } from "./rowWarnings";
import { newTensor, rowWidth } from "./tensors";

/** Tensors of `rowCount` rows, by input name, ready for the runtime. */
export interface DecodedRows {
  rowCount: number;
  tensors: Record<string, TensorValue>;
  /** absent if there is nothing to warn about */
  warnings?: RowWarnings;
}

/** What a body may have beside the rows of features. */
export interface AllowedFields {
  /** fields beside the rows */
  options?: readonly string[];
  /** columns of rows that the model does not see */
  context?: readonly string[];
}

type Cells = Record<string | number, unknown>;

const maxDetails = 20;

/**
 * Reads a body of the plain format (`data`: rows as arrays in feature order, or `rows`: objects by feature name) into
 * tensors. A cell that its feature's domain counts as missing becomes missing, with a warning; a field that is neither
 * rows nor one of `allowed` also gets a warning. AppError invalid_input lists each field at fault. Neither repeats a
 * value.
 */
export function decodeRows(body: unknown, signature: ModelSignature, allowed: AllowedFields = {}): DecodedRows {
  const { options = [], context = [] } = allowed;
  const { list, form } = findRows(body);
  const { features, inputs } = signature;
  const found: Findings = { form, faults: checkRows(list, form, features), warnings: noWarnings() };
  const tensors: Record<string, TensorValue> = {};
  for (const input of inputs) tensors[input.name] = newTensor(input, list.length);
  const readers = columnReaders(signature);
  for (let at = 0; at < readers.length && found.faults.length < maxDetails; at++) {
    const { slot } = readers[at];
    fillColumn(list as Cells[], form === "data" ? at : slot.name, readers[at], tensors[slot.input], found);
  }
  const { faults, warnings } = found;
  if (faults.length > 0)
    throw new AppError("invalid_input", `${faults[0].path}: ${faults[0].message}`, { details: faults });
  warnOfUnusedFields(body as object, [form, ...options], warnings);
  if (form === "rows") findUnknownFields(list as Cells[], features, context, warnings);
  return { rowCount: list.length, tensors, ...(Object.keys(warnings.counts).length > 0 && { warnings }) };
}

function findRows(body: unknown): RowList {
  const found = rowList(body);
  if (found === undefined)
    throw new AppError(
      "invalid_input",
      'send exactly one of "data": rows as arrays in feature order, or "rows": rows as objects by feature name',
      { details: [{ path: "", message: 'exactly one of the arrays "data" and "rows" is needed' }] },
    );
  const { list, form } = found;
  if (list.length === 0)
    throw new AppError("invalid_input", `"${form}" contains no rows: send at least one`, {
      details: [{ path: form, message: "at least one row is needed" }],
    });
  if (list.length > maxRows)
    throw new AppError(
      "too_large",
      `${list.length} rows in one request; the limit is ${maxRows}: send several requests`,
    );
  return found;
}

/** The faults of whole rows; if there is one, no cell is read. */
function checkRows(list: unknown[], form: Form, features: FeatureSlot[]): ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  for (let row = 0; row < list.length; row++) {
    if (isRow(list[row], form, features.length)) continue;
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

/**
 * Copies one column of the rows into its place in the tensor; usual cells (a number in range, a known string) take no
 * call.
 */
function fillColumn(
  rows: Cells[],
  key: string | number,
  reader: ColumnReader,
  tensor: TensorValue,
  found: Findings,
): void {
  const { slot, low, high, sentinels, known, isFree, isInherited } = reader;
  const { data, datatype } = tensor;
  const width = rowWidth(tensor.shape);
  for (let row = 0, at = slot.index; row < rows.length; row++, at += width) {
    const value = isInherited && !Object.hasOwn(rows[row], key) ? undefined : rows[row][key];
    if (datatype === "FP32" && typeof value === "number") {
      const rounded = Math.fround(value);
      (data as Float32Array)[at] = rounded;
      if (rounded >= low && rounded <= high && !sentinels?.includes(rounded)) continue;
    } else if (datatype === "BYTES" && typeof value === "string") {
      (data as string[])[at] = value;
      if (isFree || known?.has(value)) continue;
    }
    readCell(tensor, at, value, slot, { found, row, key });
    if (found.faults.length === maxDetails) return;
  }
}

function warnOfUnusedFields(body: object, used: readonly string[], warnings: RowWarnings): void {
  for (const name of Object.keys(body))
    if (!used.includes(name))
      addWarning(warnings, { path: clipped(name), code: "unknown_field", message: unusedField });
}

/** By now every row has all features: a row with more fields has some that the model does not see. */
function findUnknownFields(
  rows: Cells[],
  features: FeatureSlot[],
  context: readonly string[],
  warnings: RowWarnings,
): void {
  let names: Set<string> | undefined;
  for (let row = 0; row < rows.length; row++) {
    let count = 0;
    for (const _name in rows[row]) count++;
    if (count === features.length) continue;
    names ??= new Set([...features.map(({ name }) => name), ...context]);
    for (const name of Object.keys(rows[row]))
      if (!names.has(name))
        addWarning(warnings, { path: `rows[${row}].${clipped(name)}`, code: "unknown_field", message: unknownField });
  }
}

const unknownField = "the model has no such feature; the field was ignored";
const unusedField = "a request has no such field; it was ignored";
const maxNameLength = 60;

function clipped(name: string): string {
  return name.length > maxNameLength ? `${name.slice(0, maxNameLength)}...` : name;
}
