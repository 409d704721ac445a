import type { LinearFeatures, LinearRows } from "./linearFeatures";
import { scoreRow } from "./linearScores";

/** Weights on raw columns: lane x width, and one intercept a lane. */
export interface LinearWeights {
  laneCount: number;
  weights: Float64Array;
  intercepts: Float64Array;
}

/** Takes the standardisation into the weights, so that scoring needs no scaler: w / deviation, and the means into the intercept. */
export function rawWeights(
  standardised: { weights: Float64Array; intercepts: Float64Array },
  { numbers, width }: LinearFeatures,
): LinearWeights {
  const weights = standardised.weights.slice();
  const intercepts = standardised.intercepts.slice();
  const laneCount = intercepts.length;
  for (let lane = 0; lane < laneCount; lane++) {
    for (const [k, { mean, deviation }] of numbers.entries()) {
      weights[lane * width + k] /= deviation;
      intercepts[lane] -= weights[lane * width + k] * mean;
    }
  }
  return { laneCount, weights, intercepts };
}

/** Scores, rows x lanes, each row's passed through `link` (in place) and rounded to float32 as the graph's outputs are. */
export function linearOutputs(
  rows: LinearRows,
  width: number,
  model: LinearWeights,
  link: (scores: Float64Array) => void,
): Float64Array {
  const { laneCount, weights, intercepts } = model;
  const all = new Float64Array(rows.rowCount * laneCount);
  const scores = new Float64Array(laneCount);
  for (let row = 0; row < rows.rowCount; row++) {
    scoreRow(rows, row, weights, intercepts, width, scores);
    link(scores);
    for (let lane = 0; lane < laneCount; lane++) all[row * laneCount + lane] = Math.fround(scores[lane]);
  }
  return all;
}
