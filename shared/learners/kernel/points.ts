import type { FeatureTable } from "../../featureTable";
import { type LinearFeatures, linearRows } from "../linear/linearFeatures";

/**
 * Rows as a support vector machine sees them, in float64 as in its graph: standardised numbers, and indicators by their
 * column.
 */
export interface Points {
  count: number;
  numberCount: number;
  categoryCount: number;
  /** point x number */
  numbers: Float64Array;
  /** point x category: column of its indicator among all columns, -1 where missing or unknown */
  indicators: Int32Array;
}

/** The table's rows as points. */
export function toPoints(features: LinearFeatures, table: FeatureTable): Points {
  const { rowCount, numberCount, categoryCount, numbers, indicators } = linearRows(features, table);
  const standardised = new Float64Array(numbers.length);
  for (const [k, { mean, deviation }] of features.numbers.entries())
    for (let at = k; at < numbers.length; at += numberCount)
      standardised[at] = numbers[at] / deviation - mean / deviation;
  return { count: rowCount, numberCount, categoryCount, numbers: standardised, indicators };
}

/** The points `chosen`, in that order. */
export function selectPoints(points: Points, chosen: Int32Array): Points {
  const { numberCount, categoryCount } = points;
  const numbers = new Float64Array(chosen.length * numberCount);
  const indicators = new Int32Array(chosen.length * categoryCount);
  for (const [at, row] of chosen.entries()) {
    numbers.set(points.numbers.subarray(row * numberCount, (row + 1) * numberCount), at * numberCount);
    indicators.set(points.indicators.subarray(row * categoryCount, (row + 1) * categoryCount), at * categoryCount);
  }
  return { count: chosen.length, numberCount, categoryCount, numbers, indicators };
}

/** Points as a matrix of all columns, point x width. */
export function densePoints(points: Points, width: number): Float64Array {
  const { numberCount, categoryCount } = points;
  const dense = new Float64Array(points.count * width);
  for (let row = 0; row < points.count; row++) {
    dense.set(points.numbers.subarray(row * numberCount, (row + 1) * numberCount), row * width);
    for (let k = 0; k < categoryCount; k++) {
      const column = points.indicators[row * categoryCount + k];
      if (column >= 0) dense[row * width + column] = 1;
    }
  }
  return dense;
}
