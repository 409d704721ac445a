import { declaredColumn, derivedColumn } from "../sql/columnNames";
import type { UsecaseSpec } from "../usecase/usecaseSpec";

/** SQL name of a column or a derived feature of the spec. */
export function columnId(spec: Pick<UsecaseSpec, "columns" | "derived">, name: string): string {
  const derived = Object.keys(spec.derived).indexOf(name);
  return derived >= 0 ? derivedColumn(derived) : declaredColumn(positionOf(spec, name));
}

/** Position of a column among those that the spec declares. */
export function positionOf(spec: Pick<UsecaseSpec, "columns">, name: string): number {
  const position = Object.keys(spec.columns).indexOf(name);
  if (position < 0) throw new Error(`the spec has no column ${name}`); // the spec's own check refuses it
  return position;
}

/** SQL names of the columns that tell one row from another over time: time and entity, where the spec has them. */
export function keyColumns(spec: UsecaseSpec): string[] {
  if (spec.time === undefined) return [];
  return [spec.time, ...(spec.entity === undefined ? [] : [spec.entity])].map((name) => columnId(spec, name));
}
