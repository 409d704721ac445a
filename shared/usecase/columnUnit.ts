import type { ColumnSpec } from "./usecaseSpec";

/** A column's unit of measurement, for people; undefined where it has none. */
export function columnUnit(column: ColumnSpec | undefined): string | undefined {
  return column !== undefined && "unit" in column ? column.unit : undefined;
}
