import { z } from "zod";
import { ownValue } from "../ownValue";
import type { SpecFault } from "./specFault";
import { type Labelled, labelClasses, taskOf } from "./specTask";

/** What is predicted. */
export const labelSpec = z.strictObject({
  /** a category to tell (classification) or a number to estimate (regression) */
  column: z.string(),
  /** raw value -> class; without it the raw values are the classes */
  mapping: z.record(z.string(), z.string()).optional(),
  /** the class that precision, recall and areas speak of; required when there are two classes */
  positive: z.string().optional(),
});

/** Weight of each class in training: "balanced" gives every class the same sum. */
export const classWeightsSpec = z.union([z.literal("balanced"), z.record(z.string(), z.number().positive())]);

/** Finds classes that are not known, too few, or without a positive one. */
export function checkLabel(spec: Labelled, fault: SpecFault): void {
  const column = ownValue(spec.columns, spec.label.column);
  if (column?.type !== "category") return;
  const raw = column.values;
  if (spec.label.mapping && raw)
    for (const value of raw)
      if (!Object.hasOwn(spec.label.mapping, value)) fault(["label", "mapping"], `no class for the value "${value}"`);
  if (spec.label.mapping && raw)
    for (const value of Object.keys(spec.label.mapping))
      if (!raw.includes(value)) fault(["label", "mapping", value], `"${value}" is not among the column's values`);
  const classes = labelClasses(spec);
  if (classes === undefined)
    fault(["label"], "declare the column's values or a mapping, so that the classes are known");
  else if (classes.length < 2) fault(["label"], "at least two classes are needed");
  else if (classes.length === 2 && spec.label.positive === undefined)
    fault(["label", "positive"], `name the positive class: ${classes.join(" or ")}`);
  if (classes && spec.label.positive !== undefined && !classes.includes(spec.label.positive))
    fault(["label", "positive"], `"${spec.label.positive}" is not a class; the classes are ${classes.join(", ")}`);
}

/** Finds what has no meaning where the label is a number. */
export function checkNumberLabel(spec: Labelled & { evaluation?: { costs?: object } }, fault: SpecFault): void {
  if (taskOf(spec) !== "regression") return;
  for (const field of ["mapping", "positive"] as const)
    if (spec.label[field] !== undefined) fault(["label", field], "the label is a number; there are no classes");
  if (spec.evaluation?.costs !== undefined)
    fault(["evaluation", "costs"], "the label is a number; there are no classes to decide between");
}

/** Finds weights of classes that do not exist. */
export function checkClassWeights(
  spec: Labelled & { classWeights?: z.infer<typeof classWeightsSpec> },
  fault: SpecFault,
): void {
  if (spec.classWeights === undefined) return;
  if (taskOf(spec) === "regression") fault(["classWeights"], "the label is a number; there are no classes");
  const classes = labelClasses(spec) ?? [];
  if (typeof spec.classWeights === "object")
    for (const name of Object.keys(spec.classWeights))
      if (!classes.includes(name)) fault(["classWeights", name], `"${name}" is not among ${classes.join(", ")}`);
}
