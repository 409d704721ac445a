import type { z } from "zod";
import type { FeatureType } from "../featureTable";
import { ownValue } from "../ownValue";
import type { columnsSpec } from "./columnSpec";

/** What a use case predicts: one of several classes, or a number. */
export type Task = "classification" | "regression";

type Columns = z.infer<typeof columnsSpec>;

/** The fields of a spec that say what is predicted. */
export interface Labelled {
  columns: Columns;
  label: { column: string; mapping?: Record<string, string>; positive?: string };
}

/** The task that the type of the label column decides. */
export function taskOf(spec: Labelled): Task {
  const type = ownValue(spec.columns, spec.label.column)?.type;
  return (type && taskOfType[type]) ?? "classification";
}

type ColumnType = Columns[string]["type"];

/** What a label of each type is predicted as; undefined where it is no label, which the spec's check refuses. */
const taskOfType: Record<ColumnType, Task | undefined> = {
  number: "regression",
  category: "classification",
  timestamp: undefined,
};

/** How a column of each type enters a model; undefined where it is no feature, which the spec's check refuses. */
const featureTypeOf: Record<ColumnType, FeatureType | undefined> = {
  number: "number",
  category: "category",
  timestamp: undefined,
};

/** The types of columns that can be features. */
export const featureColumnTypes = (Object.keys(featureTypeOf) as ColumnType[]).filter(
  (type) => featureTypeOf[type] !== undefined,
);

/** How a column or a derived feature enters a model; undefined for a column that does not. */
export function featureType(spec: { columns: Columns; derived: object }, feature: string): FeatureType | undefined {
  return Object.hasOwn(spec.derived, feature) ? "number" : featureTypeOf[spec.columns[feature].type];
}

/** The classes of a spec's label in a fixed order (sorted; with two classes the positive one last). */
export function labelClasses(spec: Labelled): string[] | undefined {
  const column = ownValue(spec.columns, spec.label.column);
  const raw = column?.type === "category" ? column.values : undefined;
  const all = spec.label.mapping ? Object.values(spec.label.mapping) : raw;
  if (!all) return undefined;
  const classes = [...new Set(all)].sort();
  const { positive } = spec.label;
  if (classes.length !== 2 || positive === undefined || classes[1] === positive) return classes;
  return classes.reverse();
}
