import type { LeafWriter } from "./forestModel";

/** Leaves that hold class shares: with two classes only the share of `positiveIndex`. */
export function classLeaves(classCount: number, positiveIndex: number): { outputCount: number; write: LeafWriter } {
  if (classCount !== 2) return { outputCount: classCount, write: roundShares };
  return {
    outputCount: 1,
    write: (weights, units, target) => {
      target[0] = Math.round((weights[positiveIndex] / (weights[0] + weights[1])) * units);
    },
  };
}

/** Shares as whole numbers that sum to `units`: differences of the rounded running sum. */
function roundShares(weights: Float64Array, units: number, target: Int32Array): void {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let running = 0;
  let before = 0;
  for (let k = 0; k < weights.length; k++) {
    running += weights[k];
    const after = Math.round((running / total) * units);
    target[k] = after - before;
    before = after;
  }
}
