import type { ErrorDetail } from "../errors";
import { trimSpaces } from "../onnx/featureDomain";
import type { FeatureSlot } from "../onnx/signature";
import type { TensorValue } from "../ports";
import { judgeNumber, judgeText, type Verdict } from "./judgeCell";
import type { Form } from "./rowList";
import { addWarning, type RowWarnings } from "./rowWarnings";

/** What is wrong with a request's cells, and what to warn about. */
export interface Findings {
  form: Form;
  faults: ErrorDetail[];
  warnings: RowWarnings;
}

/** Where a cell stands in its request. */
interface Place {
  found: Findings;
  row: number;
  key: string | number;
}

/** Stores a cell of any kind; notes what is wrong with it or worth a warning. */
export function readCell(tensor: TensorValue, at: number, value: unknown, slot: FeatureSlot, place: Place): void {
  const { found, row, key } = place;
  const path = () => `${found.form}[${row}]${found.form === "data" ? `[${key}]` : `.${key}`}`;
  const verdict = judge(tensor, at, value, slot);
  const message = verdict?.isMissing ? storeMissing(tensor, at, slot, verdict) : setCell(tensor, at, value, slot);
  if (message !== undefined) found.faults.push({ path: path(), message: named(message, slot, found.form) });
  else if (verdict?.code)
    addWarning(found.warnings, { path: path(), code: verdict.code, message: warningOf(verdict.code, verdict.reason) });
}

/** What the feature's domain says about a cell; a string is stored without surrounding spaces. */
function judge({ data }: TensorValue, at: number, value: unknown, slot: FeatureSlot): Verdict | undefined {
  const { domain, type } = slot;
  if (domain === undefined) return undefined;
  switch (type) {
    case "number":
      return Number.isFinite(value) ? judgeNumber(domain, value as number) : undefined;
    case "category": {
      if (typeof value !== "string") return undefined;
      const text = trimSpaces(value);
      (data as string[])[at] = text;
      return judgeText(domain, text);
    }
    default:
      return type satisfies never;
  }
}

/** A position in a row does not name the feature; a path by name does. */
function named(message: string, { name }: FeatureSlot, form: Form): string {
  return form === "data" ? `${message} (${name})` : message;
}

function warningOf(code: string, reason: string): string {
  return code === "sentinel" ? reason : `${reason}; it counts as missing`;
}

/** Stores what a runtime reads as a missing value; returns the fault if the value must not be missing. */
function storeMissing({ data, datatype }: TensorValue, at: number, slot: FeatureSlot, { reason }: Verdict) {
  if (!slot.nullable) return `it must not be missing: ${reason}`;
  if (datatype === "BYTES") (data as string[])[at] = "";
  else (data as Float32Array)[at] = Number.NaN;
  return undefined;
}

/** Stores a cell that its domain does not count as missing; returns what is wrong with it. */
function setCell(tensor: TensorValue, at: number, value: unknown, slot: FeatureSlot): string | undefined {
  switch (slot.type) {
    case "category":
      return typeof value === "string" ? undefined : missingOrWrong(value, slot, "a text");
    case "number":
      return setNumber(tensor, at, value, slot);
    default:
      return slot.type satisfies never;
  }
}

function setNumber(tensor: TensorValue, at: number, value: unknown, slot: FeatureSlot): string | undefined {
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
  if (value !== null && value !== undefined) return `${wanted} is needed`;
  if (slot.nullable && value === null) return undefined;
  if (slot.nullable) return "it is missing; send null where the value is unknown";
  return "it must not be missing";
}
