import { z } from "zod";
import { ownValue } from "../ownValue";
import type { SpecFault } from "./specFault";

/** What is reported about a version besides its metrics. */
export const evaluationSpec = z.strictObject({
  /**
   * the selection metric is also reported for each level or quartile of these columns, or each month where it is the
   * time column
   */
  slices: z.array(z.string()).default([]),
  /** slices with fewer hold-out rows are counted but not judged */
  minSliceRows: z.int().min(1).default(100),
  costs: z
    .strictObject({
      /** of money or time, for people: "EUR" */
      unit: z.string().min(1),
      /** actual class -> decided class -> cost of one row; a gain is negative */
      matrix: z.record(z.string(), z.record(z.string(), z.number())),
    })
    .optional(),
});

export type EvaluationSpec = z.infer<typeof evaluationSpec>;

/**
 * Finds slices that are not columns to slice by, and cost matrices without every pair of classes (where those are
 * known).
 */
export function checkEvaluation(
  spec: {
    evaluation?: EvaluationSpec;
    columns: Record<string, { type: string }>;
    derived: object;
    label: { column: string };
    horizonHours?: number;
    time?: string;
  },
  classes: readonly string[] | undefined,
  fault: SpecFault,
): void {
  const { slices = [], costs } = spec.evaluation ?? {};
  for (const [i, column] of slices.entries()) {
    const path = ["evaluation", "slices", i];
    if (Object.hasOwn(spec.derived, column)) continue;
    if (!Object.hasOwn(spec.columns, column)) fault(path, `"${column}" is not among the columns`);
    else if (column !== spec.time && spec.columns[column].type === "timestamp")
      fault(path, `"${column}" is a timestamp, but not the time column`);
    else if (column === spec.label.column && spec.horizonHours === undefined)
      fault(path, `"${column}" is the label itself`);
    if (slices.indexOf(column) !== i) fault(path, `"${column}" is listed twice`);
  }
  if (costs && ownValue(spec.columns, spec.label.column)?.type === "number")
    fault(["evaluation", "costs"], "costs belong to predicted classes, but the label is a number");
  if (costs && classes) checkCosts(costs.matrix, classes, fault);
}

function checkCosts(
  matrix: Record<string, Record<string, number>>,
  classes: readonly string[],
  fault: SpecFault,
): void {
  const path = ["evaluation", "costs", "matrix"];
  const known = `the classes are ${classes.join(", ")}`;
  for (const [actual, row] of Object.entries(matrix)) {
    if (!classes.includes(actual)) fault([...path, actual], `"${actual}" is not a class; ${known}`);
    for (const decided of Object.keys(row))
      if (!classes.includes(decided)) fault([...path, actual, decided], `"${decided}" is not a class; ${known}`);
  }
  for (const actual of classes)
    for (const decided of classes)
      if (ownValue(ownValue(matrix, actual) ?? {}, decided) === undefined)
        fault([...path, actual, decided], `the cost of deciding "${decided}" where it is "${actual}" is missing`);
}

/** Columns to slice by that the rows would not have otherwise: neither features nor the time column. */
export function columnsToSliceOnly(spec: { evaluation?: EvaluationSpec; features: string[]; time?: string }): string[] {
  return (spec.evaluation?.slices ?? []).filter((name) => name !== spec.time && !spec.features.includes(name));
}
