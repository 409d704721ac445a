import type { LinearFeatures, LinearRows } from "./linearFeatures";
import { scoreRow } from "./linearScores";

/** Weights on raw columns: output x width, and one intercept per output. */
export interface LinearWeights {
  outputCount: number;
  weights: Float64Array;
  intercepts: Float64Array;
}

/**
 * Takes the standardisation into the weights, so that scoring needs no scaler: w / deviation, and the means into the
 * intercept.
 */
export function rawWeights(
  standardised: { weights: Float64Array; intercepts: Float64Array },
  { numbers, width }: LinearFeatures,
): LinearWeights {
  const weights = standardised.weights.slice();
  const intercepts = standardised.intercepts.slice();
  const outputCount = intercepts.length;
  for (let output = 0; output < outputCount; output++) {
    for (const [k, { mean, deviation }] of numbers.entries()) {
      weights[output * width + k] /= deviation;
      intercepts[output] -= weights[output * width + k] * mean;
    }
  }
  return { outputCount, weights, intercepts };
}

/**
 * Scores, rows x outputs, each row's passed through `link` (in place) and rounded to float32 as the graph's outputs
 * are.
 */
export function linearOutputs(
  rows: LinearRows,
  width: number,
  model: LinearWeights,
  link: (scores: Float64Array) => void,
): Float64Array {
  const { outputCount, weights, intercepts } = model;
  const all = new Float64Array(rows.rowCount * outputCount);
  const scores = new Float64Array(outputCount);
  for (let row = 0; row < rows.rowCount; row++) {
    scoreRow(rows, row, weights, intercepts, width, scores);
    link(scores);
    for (let output = 0; output < outputCount; output++) all[row * outputCount + output] = Math.fround(scores[output]);
  }
  return all;
}
