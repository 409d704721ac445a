import { findLeaves, toRows } from "../graph/findLeaves";
import { normalise } from "../linear/linearScores";
import type { BoostedTrees } from "./boostedTrees";

/**
 * Scores, rows x outputs, as ONNX Runtime sums them (exactly); `columns` are the features in the model's order, NaN
 * where missing.
 */
export function boostedScores(model: BoostedTrees, columns: Float32Array[], rowCount: number): Float64Array {
  const { treeCount, treeStart, outputCount, leafValues, base, unit } = model;
  const rows = toRows(columns, rowCount);
  const sums = new Float64Array(rowCount * outputCount);
  for (let at = 0; at < sums.length; at++) sums[at] = base[at % outputCount];
  const leaves = new Int32Array(rowCount);
  for (let tree = 0; tree < treeCount; tree++) {
    findLeaves(model, treeStart[tree], rows, columns.length, leaves);
    addLeaves(leafValues, leaves, sums, tree % outputCount, outputCount);
  }
  for (let at = 0; at < sums.length; at++) sums[at] *= unit;
  return sums;
}

function addLeaves(
  leafValues: Int32Array,
  leaves: Int32Array,
  sums: Float64Array,
  output: number,
  width: number,
): void {
  for (let row = 0; row < leaves.length; row++) sums[row * width + output] += leafValues[leaves[row]];
}

/** Turns scores (rows x outputs) into float32 probabilities, in place: logistic for one output, softmax for several. */
export function scoresToProbabilities(scores: Float64Array, outputCount: number): Float64Array {
  for (let at = 0; at < scores.length; at += outputCount) {
    const row = scores.subarray(at, at + outputCount);
    normalise(row);
    for (let output = 0; output < outputCount; output++) row[output] = Math.fround(row[output]);
  }
  return scores;
}
