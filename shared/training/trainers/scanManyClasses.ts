import { type BestSplit, keepSplit, type NodeTotals, type SplitScan } from "./bestSplit";

/** SplitScan for any number of classes. */
export function createManyClassScan(classCount: number): SplitScan {
  const left = new Float64Array(classCount);
  return (histogram, binCount, node, feature, best) => {
    const varies = scan(histogram, binCount, node, feature, best, left, false);
    if (!binHasRows(histogram, 0, classCount)) return varies;
    return scan(histogram, binCount, node, feature, best, left, true) || varies;
  };
}

function scan(
  histogram: Float64Array,
  binCount: number,
  node: NodeTotals,
  feature: number,
  best: BestSplit,
  left: Float64Array,
  missingLeft: boolean,
): boolean {
  const classCount = left.length;
  left.fill(0);
  if (missingLeft) addBin(left, histogram, 0);
  let bin = missingLeft ? 0 : -1;
  let varies = false;
  for (let next = 1; next < binCount; next++) {
    if (!binHasRows(histogram, next, classCount)) continue;
    if (bin >= 0) {
      varies = true;
      const leftRows = rowsOf(left, node.rowUnit);
      if (leftRows > node.rows - node.minLeafRows) return true;
      if (leftRows >= node.minLeafRows) {
        const cost = costOf(left, node);
        if (cost < best.cost) {
          keepSplit(best, cost, feature, bin, next, missingLeft);
          for (let lane = 0; lane < left.length; lane++) best.leftWeights[lane] = left[lane] % node.rowUnit;
        }
      }
    }
    addBin(left, histogram, next);
    bin = next;
  }
  return varies;
}

function binHasRows(histogram: Float64Array, bin: number, classCount: number): boolean {
  for (let lane = bin * classCount; lane < (bin + 1) * classCount; lane++) if (histogram[lane] !== 0) return true;
  return false;
}

function addBin(sums: Float64Array, histogram: Float64Array, bin: number): void {
  const from = bin * sums.length;
  for (let lane = 0; lane < sums.length; lane++) sums[lane] += histogram[from + lane];
}

function rowsOf(lanes: Float64Array, rowUnit: number): number {
  let rows = 0;
  for (let lane = 0; lane < lanes.length; lane++) rows += Math.floor(lanes[lane] / rowUnit);
  return rows;
}

/** Weighted Gini impurity of both sides: weight - sum of squares / weight. */
function costOf(leftLanes: Float64Array, node: NodeTotals): number {
  let left = 0;
  let right = 0;
  let leftSquares = 0;
  let rightSquares = 0;
  for (let lane = 0; lane < leftLanes.length; lane++) {
    const l = leftLanes[lane] % node.rowUnit;
    const r = node.weights[lane] - l;
    left += l;
    right += r;
    leftSquares += l * l;
    rightSquares += r * r;
  }
  return left - leftSquares / left + right - rightSquares / right;
}
