import type { LinearRows } from "./linearFeatures";

/** Scores of one row: for each lane the weights (lane x width) times its columns, plus the lane's intercept; written to `scores`. */
export function scoreRow(
  rows: LinearRows,
  row: number,
  weights: Float64Array,
  intercepts: Float64Array,
  width: number,
  scores: Float64Array,
): void {
  const { numberCount, categoryCount } = rows;
  for (let lane = 0; lane < scores.length; lane++) {
    const from = lane * width;
    let sum = 0;
    for (let k = 0; k < numberCount; k++) sum += weights[from + k] * rows.numbers[row * numberCount + k];
    for (let k = 0; k < categoryCount; k++) {
      const column = rows.indicators[row * categoryCount + k];
      if (column >= 0) sum += weights[from + column];
    }
    scores[lane] = sum + intercepts[lane];
  }
}

/** Adds `factor` times the columns of a row to `gradient` (one lane of width columns from `from` on). */
export function addRow(rows: LinearRows, row: number, factor: number, gradient: Float64Array, from: number): void {
  const { numberCount, categoryCount } = rows;
  for (let k = 0; k < numberCount; k++) gradient[from + k] += factor * rows.numbers[row * numberCount + k];
  for (let k = 0; k < categoryCount; k++) {
    const column = rows.indicators[row * categoryCount + k];
    if (column >= 0) gradient[from + column] += factor;
  }
}

/** Turns scores into probabilities in place: logistic for one lane, softmax for several; returns the log of the normaliser. */
export function normalise(scores: Float64Array): number {
  if (scores.length === 1) {
    const score = scores[0];
    const small = Math.exp(-Math.abs(score));
    scores[0] = score >= 0 ? 1 / (1 + small) : small / (1 + small);
    return Math.log1p(small) + Math.max(score, 0);
  }
  let peak = scores[0];
  for (let lane = 1; lane < scores.length; lane++) peak = Math.max(peak, scores[lane]);
  let sum = 0;
  for (let lane = 0; lane < scores.length; lane++) {
    scores[lane] = Math.exp(scores[lane] - peak);
    sum += scores[lane];
  }
  for (let lane = 0; lane < scores.length; lane++) scores[lane] /= sum;
  return peak + Math.log(sum);
}
