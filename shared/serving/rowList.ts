/** Rows as arrays in feature order, or as objects by feature name. */
export type Form = "data" | "rows";

export interface RowList {
  form: Form;
  list: unknown[];
}

/** The rows of a body in the plain format; undefined unless it has exactly one of the arrays `data` and `rows`. */
export function rowList(body: unknown): RowList | undefined {
  const { data, rows } = (body ?? {}) as { data?: unknown; rows?: unknown };
  const list = data ?? rows;
  if (!Array.isArray(list) || (data !== undefined && rows !== undefined)) return undefined;
  return { list, form: data === undefined ? "rows" : "data" };
}

/** Whether a row has the shape that its form asks for. */
export function isRow(cells: unknown, form: Form, featureCount: number): boolean {
  if (form === "data") return Array.isArray(cells) && cells.length === featureCount;
  return typeof cells === "object" && cells !== null && !Array.isArray(cells);
}
