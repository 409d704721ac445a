import { median } from "./orderStatistics";
import { mean } from "./probabilityScores";

/** What a regression model predicted for rows whose number is known: one number per row, in the unit of the label. */
export interface RegressionOutput {
  target: Float64Array;
  predictions: Float64Array;
}

/** Metrics of a regression model on known rows, in the unit of the label where not said otherwise. */
export interface RegressionMetrics {
  rows: number;
  rmse: number;
  mae: number;
  medianAbsoluteError: number;
  /** share of the variance explained; null with fewer than two rows */
  r2: number | null;
  /** mean of |error| / |target|, a ratio; huge where a target is zero */
  mape: number;
  maxError: number;
  /** mean of prediction minus target: positive when the predictions are too high */
  bias: number;
}

/** Every metric of one set of predictions; equal to scikit-learn's of the same names. */
export function regressionMetrics(output: RegressionOutput): RegressionMetrics {
  const { target, predictions } = output;
  const absolute = absoluteErrorByRow(output);
  return {
    rows: target.length,
    rmse: Math.sqrt(mean(squaredErrorByRow(output))),
    mae: mean(absolute),
    medianAbsoluteError: median(absolute),
    r2: target.length < 2 ? null : r2(output),
    mape: mean(absolute.map((error, row) => error / Math.max(Math.abs(target[row]), Number.EPSILON))),
    maxError: absolute.reduce((largest, error) => Math.max(largest, error), 0),
    bias: mean(predictions.map((prediction, row) => prediction - target[row])),
  };
}

/** (prediction - target)^2 per row. */
export function squaredErrorByRow({ target, predictions }: RegressionOutput): Float64Array {
  return target.map((value, row) => (predictions[row] - value) ** 2);
}

/** |prediction - target| per row. */
export function absoluteErrorByRow({ target, predictions }: RegressionOutput): Float64Array {
  return target.map((value, row) => Math.abs(predictions[row] - value));
}

/**
 * Coefficient of determination, each row counted `weights` times (once without them). Where all targets are equal: 1
 * for a perfect prediction, else 0, as scikit-learn's `r2_score` with `force_finite`.
 */
export function r2({ target, predictions }: RegressionOutput, weights?: ArrayLike<number>): number {
  let rows = 0;
  let sum = 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < target.length; row++) {
    const weight = weights ? weights[row] : 1;
    if (weight === 0) continue;
    rows += weight;
    sum += weight * target[row];
    low = Math.min(low, target[row]);
    high = Math.max(high, target[row]);
  }
  const centre = sum / rows;
  let unexplained = 0;
  let total = 0;
  for (let row = 0; row < target.length; row++) {
    const weight = weights ? weights[row] : 1;
    unexplained += weight * (predictions[row] - target[row]) ** 2;
    total += weight * (target[row] - centre) ** 2;
  }
  // equal targets are found by their range: their squares about a rounded mean need not sum to exactly zero
  if (low === high) return unexplained === 0 ? 1 : 0;
  return 1 - unexplained / total;
}
