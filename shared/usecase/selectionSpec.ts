import { z } from "zod";
import type { SpecFault } from "./specFault";
import { type Labelled, taskOf } from "./specTask";

/** Metrics that models which tell classes can be chosen by. */
export const classMetrics = [
  "brier",
  "logLoss",
  "rocAuc",
  "prAuc",
  "f1",
  "mcc",
  "accuracy",
  "balancedAccuracy",
] as const;
/** ... and models that estimate a number. */
export const valueMetrics = ["rmse", "mae", "r2"] as const;
export const selectionMetrics = [...classMetrics, ...valueMetrics] as const;

export type SelectionMetric = (typeof selectionMetrics)[number];

/** The metric that candidates and versions are compared by. */
export const selectionSpec = z.strictObject({ metric: z.enum(selectionMetrics) });

/** What a model must beat; by default the class frequencies, or for a number its mean. */
export const baselinesSpec = z.array(z.enum(["majority", "mean", "persistence"]));

/** Finds a metric that is not for what the label is. */
export function checkMetric(spec: Labelled & { selection: z.infer<typeof selectionSpec> }, fault: SpecFault): void {
  const task = taskOf(spec);
  const metrics: readonly string[] = task === "regression" ? valueMetrics : classMetrics;
  if (!metrics.includes(spec.selection.metric))
    fault(["selection", "metric"], `${spec.selection.metric} is not for ${task}; use one of ${metrics.join(", ")}`);
}

/** Finds baselines that are not for what the label is, and that the constant one is missing. */
export function checkBaselines(spec: Labelled & { baselines?: z.infer<typeof baselinesSpec> }, fault: SpecFault): void {
  if (spec.baselines === undefined) return;
  const task = taskOf(spec);
  const [constant, other] = task === "regression" ? (["mean", "majority"] as const) : (["majority", "mean"] as const);
  if (spec.baselines.includes(other)) fault(["baselines"], `${other} is not for ${task}; use ${constant}`);
  if (!spec.baselines.includes(constant)) fault(["baselines"], `${constant} must be among the baselines`);
}
