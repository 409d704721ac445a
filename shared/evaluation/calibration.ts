import { quantile } from "./orderStatistics";

/** Rows whose probability lies in (low, high], the first bin with its low end; only bins that have rows are given. */
export interface CalibrationBin {
  low: number;
  high: number;
  rows: number;
  meanProbability: number;
  /** share of the rows that are positive */
  frequency: number;
}

/** "uniform": bins of equal width over 0 to 1; "quantile": of equal mass, fewer where probabilities are tied. */
export type Binning = "uniform" | "quantile";

/** Mean probability and frequency of the positives per bin, as scikit-learn's `calibration_curve`. */
export function calibrationBins(
  probabilities: Float64Array,
  positive: Uint8Array,
  { bins, binning }: { bins: number; binning: Binning },
): CalibrationBin[] {
  const edges = binning === "uniform" ? uniformEdges(bins) : quantileEdges(probabilities, bins);
  const found = Array.from({ length: bins }, (_, i) => ({
    low: edges[i],
    high: edges[i + 1],
    rows: 0,
    sum: 0,
    hits: 0,
  }));
  for (let row = 0; row < probabilities.length; row++) {
    const bin = found[binOf(probabilities[row], edges)];
    bin.rows++;
    bin.sum += probabilities[row];
    bin.hits += positive[row];
  }
  return found
    .filter(({ rows }) => rows > 0)
    .map(({ low, high, rows, sum, hits }) => ({
      low,
      high,
      rows,
      meanProbability: sum / rows,
      frequency: hits / rows,
    }));
}

/**
 * Expected calibration error: the mean over rows of the distance between probability and frequency in the row's bin.
 * Source: M. Naeini, G. Cooper, M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", 2015.
 */
export function expectedCalibrationError(bins: readonly CalibrationBin[]): number {
  let rows = 0;
  let error = 0;
  for (const bin of bins) {
    rows += bin.rows;
    error += bin.rows * Math.abs(bin.meanProbability - bin.frequency);
  }
  return rows === 0 ? 0 : error / rows;
}

/** i * (1 / bins) and not i / bins: the last bits of the edges are those of numpy's linspace. */
function uniformEdges(bins: number): number[] {
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? 1 : i * (1 / bins)));
}

function quantileEdges(probabilities: Float64Array, bins: number): number[] {
  const sorted = probabilities.toSorted();
  return uniformEdges(bins).map((share) => quantile(sorted, (share * 100) / 100));
}

/** Bin of `value`: how many inner edges lie below it. */
function binOf(value: number, edges: readonly number[]): number {
  let bin = 0;
  while (bin < edges.length - 2 && edges[bin + 1] < value) bin++;
  return bin;
}
