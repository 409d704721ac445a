import type { ModelSignature } from "../onnx/signature";
import { capturedRows, wireFormat } from "../serving/wire/registry";
import type { CapturedRequest } from "./capturedRequests";

/** The cells of one captured row by column; undefined where the row does not bring it. */
export type RowCells = Record<string, unknown>;

/**
 * The rows of a captured request with the cells of `columns`: features of the model, and what rows bring beside them;
 * none where the request was not kept or its format cannot read it.
 */
export function rowCells(
  { format, inputs }: CapturedRequest,
  columns: readonly string[],
  signature: ModelSignature,
): RowCells[] {
  const rows = inputs === undefined ? undefined : capturedRows(format, inputs, signature);
  if (rows === undefined) return [];
  const position = new Map(signature.features.map(({ name }, at) => [name, at]));
  const own = columns.filter((name) => position.has(name)).map((name) => ({ name, at: position.get(name) as number }));
  const beside = columns.filter((name) => !position.has(name));
  const context = wireFormat(format).contextOf(inputs, beside);
  return rows.map((row, at) => {
    const cells: RowCells = {};
    for (const column of own) cells[column.name] = row[column.at];
    for (let i = 0; i < beside.length; i++) cells[beside[i]] = context[i][at];
    return cells;
  });
}
