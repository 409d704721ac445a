import { type BestSplit, keepSplit, type NodeTotals } from "./bestSplit";

/** SplitScan for two classes: missing values go right, then left when there are any. */
export function scanTwoClasses(
  histogram: Float64Array,
  binCount: number,
  node: NodeTotals,
  feature: number,
  best: BestSplit,
): boolean {
  const varies = scan(histogram, binCount, node, feature, best, false);
  if (histogram[0] + histogram[1] === 0) return varies;
  return scan(histogram, binCount, node, feature, best, true) || varies;
}

function scan(
  histogram: Float64Array,
  binCount: number,
  node: NodeTotals,
  feature: number,
  best: BestSplit,
  missingLeft: boolean,
): boolean {
  const { rowUnit, minLeafRows, weights } = node;
  const perUnit = 1 / rowUnit;
  const mostRows = node.rows - minLeafRows;
  let left0 = missingLeft ? histogram[0] : 0;
  let left1 = missingLeft ? histogram[1] : 0;
  let bin = missingLeft ? 0 : -1;
  let varies = false;
  for (let next = 1; next < binCount; next++) {
    const here0 = histogram[2 * next];
    const here1 = histogram[2 * next + 1];
    if (here0 + here1 === 0) continue;
    if (bin >= 0) {
      varies = true;
      const rows0 = Math.floor(left0 * perUnit);
      const rows1 = Math.floor(left1 * perUnit);
      if (rows0 + rows1 > mostRows) return true;
      if (rows0 + rows1 >= minLeafRows) {
        const weight0 = left0 - rows0 * rowUnit;
        const weight1 = left1 - rows1 * rowUnit;
        const cost = costOf(weight0, weight1, weights);
        if (cost < best.cost) {
          keepSplit(best, cost, feature, bin, next, missingLeft);
          keepWeights(best, weight0, weight1);
        }
      }
    }
    left0 += here0;
    left1 += here1;
    bin = next;
  }
  return varies;
}

function keepWeights({ leftWeights }: BestSplit, left0: number, left1: number): void {
  leftWeights[0] = left0;
  leftWeights[1] = left1;
}

/** Weighted Gini impurity of both sides, each 2 w0 w1 / (w0 + w1), over one division. */
function costOf(left0: number, left1: number, total: ArrayLike<number>): number {
  const right0 = total[0] - left0;
  const right1 = total[1] - left1;
  const left = left0 + left1;
  const right = right0 + right1;
  return (2 * (left0 * left1 * right + right0 * right1 * left)) / (left * right);
}
