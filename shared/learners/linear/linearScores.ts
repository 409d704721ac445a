import type { LinearRows } from "./linearFeatures";

/**
 * Scores of one row: for each output the weights (output x width) times its columns, plus the output's intercept;
 * written to `scores`.
 */
export function scoreRow(
  rows: LinearRows,
  row: number,
  weights: Float64Array,
  intercepts: Float64Array,
  width: number,
  scores: Float64Array,
): void {
  const { numberCount, categoryCount } = rows;
  for (let output = 0; output < scores.length; output++) {
    const from = output * width;
    let sum = 0;
    for (let k = 0; k < numberCount; k++) sum += weights[from + k] * rows.numbers[row * numberCount + k];
    for (let k = 0; k < categoryCount; k++) {
      const column = rows.indicators[row * categoryCount + k];
      if (column >= 0) sum += weights[from + column];
    }
    scores[output] = sum + intercepts[output];
  }
}

/** Adds `factor` times the columns of a row to `gradient` (one output of width columns from `from` on). */
export function addRow(rows: LinearRows, row: number, factor: number, gradient: Float64Array, from: number): void {
  const { numberCount, categoryCount } = rows;
  for (let k = 0; k < numberCount; k++) gradient[from + k] += factor * rows.numbers[row * numberCount + k];
  for (let k = 0; k < categoryCount; k++) {
    const column = rows.indicators[row * categoryCount + k];
    if (column >= 0) gradient[from + column] += factor;
  }
}

/**
 * Turns scores into probabilities in place: logistic for one output, softmax for several; returns the log of the
 * normaliser.
 */
export function normalise(scores: Float64Array): number {
  if (scores.length === 1) {
    const score = scores[0];
    const small = Math.exp(-Math.abs(score));
    scores[0] = score >= 0 ? 1 / (1 + small) : small / (1 + small);
    return Math.log1p(small) + Math.max(score, 0);
  }
  let peak = scores[0];
  for (let output = 1; output < scores.length; output++) peak = Math.max(peak, scores[output]);
  let sum = 0;
  for (let output = 0; output < scores.length; output++) {
    scores[output] = Math.exp(scores[output] - peak);
    sum += scores[output];
  }
  for (let output = 0; output < scores.length; output++) scores[output] /= sum;
  return peak + Math.log(sum);
}
