import { regressionMetrics } from "../../shared/evaluation/regressionMetrics";
import type { EvaluatedTable } from "./readTable";
import { type EvaluationReport, type IntervalOptions, intervalsOf } from "./report";

export interface NumberOptions extends IntervalOptions {
  truth: string;
  prediction: string;
}

/** Metrics of predicted numbers. */
export function evaluateNumbers(table: EvaluatedTable, options: NumberOptions): EvaluationReport {
  const output = { target: table.numbers(options.truth), predictions: table.numbers(options.prediction) };
  const { rows, ...metrics } = regressionMetrics(output);
  return { rows, metrics, intervals: intervalsOf(["rmse", "mae", "r2"], output, table, options) };
}
