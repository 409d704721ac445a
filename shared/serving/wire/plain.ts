import { ownValue } from "../../ownValue";
import { requestJson } from "../../requestJson";
import { refuseTooManyRows } from "../checkBodySize";
import { decodeRows } from "../decodeRows";
import { isRow, rowList } from "../rowList";
import { type RowWarnings, warningFields } from "../rowWarnings";
import { writePredictions } from "../writePredictions";
import type { CellMasks, WireBody, WireFormat } from "./wireFormat";

/**
 * The JSON of the plain endpoint: `data` (rows as arrays in feature order) or `rows` (objects by feature name); the
 * reply has one object per row.
 */
export const plainFormat: WireFormat = {
  name: "plain",
  contentTypes: ["application/json"],
  refuseTooLarge: (body) => refuseTooManyRows(textOf(body)),
  decode: (body, _headers, signature, context) => decodeRows(requestJson(textOf(body)), signature, { context }),
  encode: (outputs, { request: { model, version, requestId }, decoded: { warnings }, signature }) => {
    const { reply, log } = writePredictions(outputs, signature);
    const more = warnings ? warningText(warnings) : "";
    const body = `{"model":"${model}","version":${version},"requestId":"${requestId}","predictions":${reply}${more}}`;
    return { body, log };
  },
  problem: (problem) => ({ body: JSON.stringify(problem) }),
  captured: textOf,
  rowsOf: (captured, { features }) => {
    const { list = [], form = "rows" } = rowList(captured) ?? {};
    if (list.length === 0 || !list.every((cells) => isRow(cells, form, features.length))) return undefined;
    if (form === "data") return list as unknown[][];
    return (list as Record<string, unknown>[]).map((cells) => features.map(({ name }) => ownValue(cells, name)));
  },
  contextOf: (captured, columns) => {
    const { list = [], form = "rows" } = rowList(captured) ?? {};
    return columns.map((name) =>
      list.map((cells) => (form === "rows" ? ownValue(cells as Record<string, unknown>, name) : undefined)),
    );
  },
  fieldsOf: (captured) => {
    const found = rowList(captured);
    return found?.form === "rows" ? (found.list as Record<string, unknown>[]) : undefined;
  },
  masked: (captured, masks, { features }) => {
    const found = rowList(JSON.parse(captured));
    if (found === undefined) return undefined;
    const names = features.map(({ name }) => name);
    const list = found.list.map((row) =>
      found.form === "data" ? maskedCells(row as unknown[], names, masks) : maskedFields(row as object, names, masks),
    );
    return JSON.stringify({ [found.form]: list });
  },
};

function maskedCells(cells: unknown[], names: string[], { masks }: CellMasks): unknown[] {
  return cells.map((cell, at) => {
    const mask = masks.get(names[at]);
    return mask ? mask.mask(cell) : cell;
  });
}

function maskedFields(row: object, names: string[], { masks, declared }: CellMasks): object {
  const known = new Set([...names, ...declared]);
  const fields = Object.entries(row).map(([name, cell]) => {
    const mask = masks.get(name);
    return [name, mask ? mask.mask(cell) : known.has(name) ? cell : null];
  });
  return Object.fromEntries(fields);
}

function textOf(body: WireBody): string {
  return typeof body === "string" ? body : new TextDecoder().decode(body);
}

/** The warnings' fields as they follow others in a JSON object. */
function warningText(warnings: RowWarnings): string {
  return `,${JSON.stringify(warningFields(warnings)).slice(1, -1)}`;
}
