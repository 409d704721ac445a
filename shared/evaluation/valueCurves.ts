import { quantile } from "./orderStatistics";
import type { RegressionOutput } from "./regressionMetrics";

/** A part of the rows, by what was predicted: the observed numbers beside the predicted ones. */
export interface PredictedPart {
  rows: number;
  meanPredicted: number;
  meanObserved: number;
  /** nine in ten observed numbers of the part are above, nine in ten below */
  low: number;
  high: number;
}

/**
 * Rows whose error, predicted minus observed, lies from `from` up to `to`; the outer two hold what lies beyond as well.
 */
export interface ErrorBin {
  from: number;
  to: number;
  rows: number;
}

/** How predicted numbers compare with observed ones. */
export interface ValueCurves {
  parts: PredictedPart[];
  errors: ErrorBin[];
}

const partCount = 20;
const minPartRows = 10;
const binCount = 20;

/**
 * Parts of equal size in the order of the predictions (fewer where rows are few), and the errors in bins of equal
 * width.
 */
export function valueCurves({ target, predictions }: RegressionOutput): ValueCurves {
  const rows = target.length;
  const order = Array.from(predictions.keys()).sort((a, b) => predictions[a] - predictions[b] || a - b);
  const count = Math.max(1, Math.min(partCount, Math.floor(rows / minPartRows)));
  const parts = Array.from({ length: count }, (_, part) =>
    describePart(
      order.slice(Math.floor((part * rows) / count), Math.floor(((part + 1) * rows) / count)),
      target,
      predictions,
    ),
  );
  return { parts, errors: errorBins(predictions.map((value, row) => value - target[row])) };
}

function describePart(rows: number[], target: Float64Array, predictions: Float64Array): PredictedPart {
  const observed = Float64Array.from(rows, (row) => target[row]).sort();
  const mean = (values: Float64Array) => rows.reduce((sum, row) => sum + values[row], 0) / rows.length;
  return {
    rows: rows.length,
    meanPredicted: mean(predictions),
    meanObserved: mean(target),
    low: quantile(observed, 0.1),
    high: quantile(observed, 0.9),
  };
}

/** Of all but the outermost hundredth, so that one wild error does not put all others into one bin. */
function errorBins(errors: Float64Array): ErrorBin[] {
  const sorted = errors.slice().sort();
  const [low, high] = [quantile(sorted, 0.005), quantile(sorted, 0.995)];
  if (!(high > low)) return [{ from: low, to: high, rows: errors.length }];
  const width = (high - low) / binCount;
  const counts = new Int32Array(binCount);
  for (const error of errors) counts[Math.max(0, Math.min(binCount - 1, Math.floor((error - low) / width)))]++;
  return Array.from(counts, (rows, i) => ({ from: low + i * width, to: low + (i + 1) * width, rows }));
}
