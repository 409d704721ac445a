import type { PreparedData } from "../data/preparedData";
import { gather } from "../featureTable";
import type { ModelOutput } from "./weightedMetric";

/**
 * Predictions for the rows `rows` (probabilities, rows x classes; with regression one number per row) beside what was
 * observed.
 */
export function modelOutput(
  data: Pick<PreparedData, "classes" | "positiveIndex" | "target" | "values">,
  rows: Int32Array,
  predictions: Float64Array,
  decisionThreshold: number,
): ModelOutput {
  const { classes, positiveIndex, target, values } = data;
  if (values) return { target: gather(values, new Float64Array(rows.length), rows), predictions };
  const codes = gather(target, new Int32Array(rows.length), rows);
  return { classes, positiveIndex, target: codes, probabilities: predictions, decisionThreshold };
}
