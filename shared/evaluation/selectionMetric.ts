import type { SelectionMetric } from "../usecase/selectionSpec";
import { metricWords } from "./metricWords";
import { type ModelOutput, weightedMetric } from "./weightedMetric";

/** Whether value `a` of the metric is strictly better than `b`: lower for losses, higher for the rest. */
export function isBetter(metric: SelectionMetric, a: number, b: number): boolean {
  return metricWords(metric)?.better === "lower" ? a < b : a > b;
}

/** The metric's value; NaN where it is undefined because a class is absent. */
export function selectionMetricValue(metric: SelectionMetric, output: ModelOutput): number {
  return weightedMetric(metric, output)(new Uint8Array(output.target.length).fill(1));
}
