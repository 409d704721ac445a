import type { NodeTotals } from "./bestSplit";

/** What a split is judged by; `left` holds the sums of the left side, see WeightLayout. */
export interface SplitCriterion {
  sumCount: number;
  /** rows on the left side */
  rows(left: Float64Array, rowUnit: number): number;
  /** what both sides leave unexplained, up to a constant of the node; the lower the better */
  cost(left: Float64Array, node: NodeTotals): number;
  /** copies the sums of the left side, without the count of rows, to `target` */
  weigh(left: Float64Array, rowUnit: number, target: Float64Array): void;
}

/** Gini impurity of both sides, weighted: weight - sum of squares / weight (Breiman et al. 1984). */
export function giniCriterion(sumCount: number): SplitCriterion {
  return { sumCount, rows: rowsOfClasses, cost: giniCost, weigh: weighClasses };
}

function rowsOfClasses(left: Float64Array, rowUnit: number): number {
  let rows = 0;
  for (let k = 0; k < left.length; k++) rows += Math.floor(left[k] / rowUnit);
  return rows;
}

function giniCost(sums: Float64Array, node: NodeTotals): number {
  let left = 0;
  let right = 0;
  let leftSquares = 0;
  let rightSquares = 0;
  for (let k = 0; k < sums.length; k++) {
    const l = sums[k] % node.rowUnit;
    const r = node.weights[k] - l;
    left += l;
    right += r;
    leftSquares += l * l;
    rightSquares += r * r;
  }
  return left - leftSquares / left + right - rightSquares / right;
}

function weighClasses(left: Float64Array, rowUnit: number, target: Float64Array): void {
  for (let k = 0; k < left.length; k++) target[k] = left[k] % rowUnit;
}

/**
 * Squared error of both sides around their means, less the node's sum of squares: the sums are of rows with weights,
 * and of weighted values.
 */
export const squaredErrorCriterion: SplitCriterion = {
  sumCount: 2,
  rows: (left, rowUnit) => Math.floor(left[0] / rowUnit),
  cost([rowsAndWeight, sum], { rowUnit, weights }) {
    const weight = rowsAndWeight % rowUnit;
    const rest = weights[1] - sum;
    return -(sum * sum) / weight - (rest * rest) / (weights[0] - weight);
  },
  weigh(left, rowUnit, target) {
    target[0] = left[0] % rowUnit;
    target[1] = left[1];
  },
};
