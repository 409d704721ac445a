import type { NodeTotals } from "./bestSplit";

/** What a split is judged by; `left` holds the lanes of the left side, see LaneLayout. */
export interface SplitCriterion {
  laneCount: number;
  /** rows on the left side */
  rows(left: Float64Array, rowUnit: number): number;
  /** what both sides leave unexplained, up to a constant of the node; the lower the better */
  cost(left: Float64Array, node: NodeTotals): number;
  /** copies the sums of the left side, without the count of rows, to `target` */
  weigh(left: Float64Array, rowUnit: number, target: Float64Array): void;
}

/** Gini impurity of both sides, weighted: weight - sum of squares / weight (Breiman et al. 1984). */
export function giniCriterion(laneCount: number): SplitCriterion {
  return { laneCount, rows: rowsOfClasses, cost: giniCost, weigh: weighClasses };
}

function rowsOfClasses(left: Float64Array, rowUnit: number): number {
  let rows = 0;
  for (let lane = 0; lane < left.length; lane++) rows += Math.floor(left[lane] / rowUnit);
  return rows;
}

function giniCost(lanes: Float64Array, node: NodeTotals): number {
  let left = 0;
  let right = 0;
  let leftSquares = 0;
  let rightSquares = 0;
  for (let lane = 0; lane < lanes.length; lane++) {
    const l = lanes[lane] % node.rowUnit;
    const r = node.weights[lane] - l;
    left += l;
    right += r;
    leftSquares += l * l;
    rightSquares += r * r;
  }
  return left - leftSquares / left + right - rightSquares / right;
}

function weighClasses(left: Float64Array, rowUnit: number, target: Float64Array): void {
  for (let lane = 0; lane < left.length; lane++) target[lane] = left[lane] % rowUnit;
}

/** Squared error of both sides around their means, less the node's sum of squares: lanes are rows with weights, and weighted values. */
export const squaredErrorCriterion: SplitCriterion = {
  laneCount: 2,
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
