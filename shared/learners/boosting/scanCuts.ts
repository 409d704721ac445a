import { gradientUnit } from "./packedDerivatives";

/** The best cut found so far of one node; a scan replaces it only by a better one, so the first of equals stays. */
export interface Cut {
  /** sum over both sides of g^2 / (h + l2), in packed units; before anything is found the node's own g^2 / (h + l2) */
  score: number;
  /** -1 before anything is found */
  column: number;
  /** last bin of the left side; 0 when only missing values go left */
  bin: number;
  missingLeft: boolean;
  /** sum of the packed derivatives on the left */
  left: number;
}

/** What a scan needs to know of the node, in packed units. */
export interface CutLimits {
  gradient: number;
  hessian: number;
  /** least hessian of a side */
  leastHessian: number;
  l2: number;
}

/**
 * Tries the cuts after the bins `first` to `last` of the column whose histogram starts at `at`; the left side starts at
 * bin `start`: 0 sends missing values left, 1 right.
 */
export function scanCuts(
  histogram: Float64Array,
  at: number,
  start: 0 | 1,
  first: number,
  last: number,
  node: CutLimits,
  column: number,
  best: Cut,
): void {
  const { gradient, hessian, leastHessian, l2 } = node;
  let left = 0;
  let bestScore = best.score;
  let bestBin = -1;
  let bestLeft = 0;
  for (let bin = start; bin < first; bin++) left += histogram[at + bin];
  for (let bin = first; bin <= last; bin++) {
    left += histogram[at + bin];
    const leftGradient = Math.floor(left * (1 / gradientUnit));
    const leftHessian = left - leftGradient * gradientUnit;
    const rightHessian = hessian - leftHessian;
    if (leftHessian < leastHessian) continue;
    if (rightHessian < leastHessian) break;
    const rightGradient = gradient - leftGradient;
    const leftWeight = leftHessian + l2;
    const rightWeight = rightHessian + l2;
    const share = leftGradient * leftGradient * rightWeight + rightGradient * rightGradient * leftWeight;
    const whole = leftWeight * rightWeight;
    // a division only where the score gets better
    if (share > bestScore * whole) {
      bestScore = share / whole;
      bestBin = bin;
      bestLeft = left;
    }
  }
  if (bestBin >= 0) keepCut(best, bestScore, column, bestBin, start === 0, bestLeft);
}

function keepCut(best: Cut, score: number, column: number, bin: number, missingLeft: boolean, left: number): void {
  best.score = score;
  best.column = column;
  best.bin = bin;
  best.missingLeft = missingLeft;
  best.left = left;
}
