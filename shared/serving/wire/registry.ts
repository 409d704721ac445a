import type { ModelSignature } from "../../onnx/signature";
import { plainFormat } from "./plain";
import type { WireFormat } from "./wireFormat";

const formats = new Map<string, WireFormat>([plainFormat].map((format) => [format.name, format]));

/** The names of all formats that a request may have. */
export const wireFormatNames: readonly string[] = [...formats.keys()];

/** The format of that name; a plain Error if there is none, since only code names formats. */
export function wireFormat(name: string): WireFormat {
  const format = formats.get(name);
  if (format === undefined)
    throw new Error(`no wire format is called "${name}"; known are ${wireFormatNames.join(", ")}`);
  return format;
}

/** The rows of a captured request, cells in signature order; undefined if its format cannot read it or is unknown. */
export function capturedRows(format: string, captured: unknown, signature: ModelSignature): unknown[][] | undefined {
  return formats.get(format)?.rowsOf(captured, signature);
}

/** How captured requests are read, each by its format. */
export const capturedBodies = {
  rowsOf: capturedRows,
  /** The fields of a captured request's rows by name; undefined if its format does not name them. */
  fieldsOf: (format: string, captured: unknown): Record<string, unknown>[] | undefined =>
    formats.get(format)?.fieldsOf?.(captured),
};
