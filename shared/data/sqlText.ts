import type { UsecaseSpec } from "../usecase/usecaseSpec";

/** `name` as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `text` as an SQL string. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Number of the row in its file; the first data row is 1. */
export const rowNumber = "row_at";

/** SQL name of a column or a derived feature of the spec: by position, because SQL would take "Area" and "area" for one. */
export function columnId(spec: Pick<UsecaseSpec, "columns" | "derived">, name: string): string {
  const position = Object.keys(spec.columns).indexOf(name);
  const derived = Object.keys(spec.derived).indexOf(name);
  if (derived >= 0) return `d${derived}`;
  if (position < 0) throw new Error(`the spec has no column ${name}`); // the spec's own check refuses it
  return `c${position}`;
}

/** SQL names of the columns that tell one row from another over time: time and entity, where the spec has them. */
export function keyColumns(spec: UsecaseSpec): string[] {
  if (spec.time === undefined) return [];
  return [spec.time, ...(spec.entity === undefined ? [] : [spec.entity])].map((name) => columnId(spec, name));
}
