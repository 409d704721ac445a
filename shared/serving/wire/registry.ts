import type { ModelSignature } from "../../onnx/signature";
import { plainFormat } from "./plain";
import type { WireFormat } from "./wireFormat";

const formats = new Map<string, WireFormat>([plainFormat].map((format) => [format.name, format]));

/** Every format that a request may come in. */
export const wireFormatNames: readonly string[] = [...formats.keys()];

/** The format of a name that the code itself gives. */
export function wireFormat(name: string): WireFormat {
  const format = formats.get(name);
  if (format === undefined)
    throw new Error(`no wire format is called "${name}"; known are ${wireFormatNames.join(", ")}`);
  return format;
}

/** The rows of a captured request, cells in the order of the signature's features; undefined where its format cannot read it, or is unknown. */
export function capturedRows(format: string, captured: unknown, signature: ModelSignature): unknown[][] | undefined {
  return formats.get(format)?.rowsOf(captured, signature);
}
