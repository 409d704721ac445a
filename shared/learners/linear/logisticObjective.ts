import type { Objective } from "../../math/minimize";
import type { LinearRows } from "./linearFeatures";
import { addRow, normalise, scoreRow } from "./linearScores";

/** What a logistic fit minimises over. */
export interface LogisticProblem {
  rows: LinearRows;
  width: number;
  /** 1 for two classes, else one per class */
  outputCount: number;
  /** the output that each row belongs to; two classes: 0 for a positive row, -1 for a negative one */
  targetOutputs: Int32Array;
  sampleWeights: Float64Array;
  l2: number;
}

/**
 * The objective of scikit-learn's LogisticRegression with C = 1 / l2, divided by the sum of the sample weights: the
 * weighted mean log loss + l2 / (2 sum of weights) x squared weights; intercepts, which stand after the weights (output
 * x width), are free.
 */
export function logisticObjective(problem: LogisticProblem): Objective {
  const { rows, width, outputCount, targetOutputs, sampleWeights, l2 } = problem;
  const total = sampleWeights.reduce((sum, weight) => sum + weight, 0);
  const weightCount = outputCount * width;
  const scores = new Float64Array(outputCount);
  return (point, gradient) => {
    const intercepts = point.subarray(weightCount);
    gradient.fill(0);
    let loss = 0;
    for (let row = 0; row < rows.rowCount; row++) {
      const weight = sampleWeights[row] / total;
      if (weight === 0) continue;
      scoreRow(rows, row, point, intercepts, width, scores);
      const target = targetOutputs[row];
      const targetScore = target < 0 ? 0 : scores[target];
      loss += weight * (normalise(scores) - targetScore);
      for (let output = 0; output < outputCount; output++) {
        const factor = weight * (scores[output] - (output === target ? 1 : 0));
        addRow(rows, row, factor, gradient, output * width);
        gradient[weightCount + output] += factor;
      }
    }
    return loss + addPenalty(point, gradient, weightCount, l2 / total);
  };
}

function addPenalty(point: Float64Array, gradient: Float64Array, weightCount: number, strength: number): number {
  let squares = 0;
  for (let k = 0; k < weightCount; k++) {
    squares += point[k] * point[k];
    gradient[k] += strength * point[k];
  }
  return (strength / 2) * squares;
}
