import { ownValue } from "../ownValue";
import type { SpecFields } from "./specFields";

/** What a use case predicts: one of several classes, or a number. */
export type Task = "classification" | "regression";

/** The task that the type of the label column decides. */
export function taskOf(spec: Pick<SpecFields, "columns" | "label">): Task {
  return ownValue(spec.columns, spec.label.column)?.type === "number" ? "regression" : "classification";
}

/** How a feature enters a model. */
export function featureType(spec: Pick<SpecFields, "columns" | "derived">, feature: string): string {
  return Object.hasOwn(spec.derived, feature) ? "number" : spec.columns[feature].type;
}

/** The classes of a spec's label in a fixed order (sorted; with two classes the positive one last). */
export function labelClasses(spec: Pick<SpecFields, "columns" | "label">): string[] | undefined {
  const column = ownValue(spec.columns, spec.label.column);
  const raw = column?.type === "category" ? column.values : undefined;
  const all = spec.label.mapping ? Object.values(spec.label.mapping) : raw;
  if (!all) return undefined;
  const classes = [...new Set(all)].sort();
  const { positive } = spec.label;
  if (classes.length !== 2 || positive === undefined || classes[1] === positive) return classes;
  return classes.reverse();
}
