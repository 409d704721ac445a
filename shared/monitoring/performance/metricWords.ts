import { figure } from "../../figure";
import type { Interval } from "./metricInterval";
import type { OutcomeMetric } from "./outcomeMetrics";

const words: Record<OutcomeMetric, string> = {
  accuracy: "accuracy",
  precision: "precision",
  recall: "recall",
  f1: "F1",
  mcc: "MCC",
  rocAuc: "ROC AUC",
  prAuc: "average precision",
  brier: "Brier score",
  logLoss: "log loss",
  mae: "mean absolute error",
  rmse: "RMSE",
  r2: "R2",
  bias: "mean error",
};

/** A metric's name for people. */
export function metricWords(metric: string): string {
  return words[metric as OutcomeMetric] ?? metric;
}

/** A value with its interval: "0.41 (0.33 to 0.49)". */
export function withInterval(value: number, interval: Interval | undefined): string {
  if (interval === undefined) return figure(value, 3);
  return `${figure(value, 3)} (${figure(interval[0], 3)} to ${figure(interval[1], 3)})`;
}

/** The text with a capital at its start. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
