import { type BestSplit, keepSplit, type NodeTotals, type SplitScan } from "./bestSplit";
import type { SplitCriterion } from "./splitCriterion";

/**
 * SplitScan that judges the cut after every bin by `criterion`: missing values go right, then left when there are any.
 */
export function scanEveryCut(criterion: SplitCriterion): SplitScan {
  const left = new Float64Array(criterion.sumCount);
  return (histogram, binCount, node, feature, best) => {
    const varies = scan(criterion, histogram, binCount, node, feature, best, left, false);
    if (!binHasRows(histogram, 0, left.length)) return varies;
    return scan(criterion, histogram, binCount, node, feature, best, left, true) || varies;
  };
}

function scan(
  criterion: SplitCriterion,
  histogram: Float64Array,
  binCount: number,
  node: NodeTotals,
  feature: number,
  best: BestSplit,
  left: Float64Array,
  missingLeft: boolean,
): boolean {
  left.fill(0);
  if (missingLeft) addBin(left, histogram, 0);
  let bin = missingLeft ? 0 : -1;
  let varies = false;
  for (let next = 1; next < binCount; next++) {
    if (!binHasRows(histogram, next, left.length)) continue;
    if (bin >= 0) {
      varies = true;
      const leftRows = criterion.rows(left, node.rowUnit);
      if (leftRows > node.rows - node.minLeafRows) return true;
      if (leftRows >= node.minLeafRows) {
        const cost = criterion.cost(left, node);
        if (cost < best.cost) {
          keepSplit(best, cost, feature, bin, next, missingLeft);
          criterion.weigh(left, node.rowUnit, best.leftWeights);
        }
      }
    }
    addBin(left, histogram, next);
    bin = next;
  }
  return varies;
}

/** Whether any row lies in `bin`. */
export function binHasRows(histogram: Float64Array, bin: number, sumCount: number): boolean {
  for (let k = bin * sumCount; k < (bin + 1) * sumCount; k++) if (histogram[k] !== 0) return true;
  return false;
}

function addBin(sums: Float64Array, histogram: Float64Array, bin: number): void {
  const from = bin * sums.length;
  for (let k = 0; k < sums.length; k++) sums[k] += histogram[from + k];
}
