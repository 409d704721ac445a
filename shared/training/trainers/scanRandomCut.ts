import { type BestSplit, keepSplit, type NodeTotals, type SplitScan } from "./bestSplit";
import { addBin, binHasRows } from "./scanEveryCut";
import type { SplitCriterion } from "./splitCriterion";

/**
 * SplitScan of extremely randomised trees (Geurts, Ernst and Wehenkel 2006): one cut a feature, drawn evenly among the bins between
 * the node's lowest and highest; missing values are tried on both sides, and are one more cut of their own.
 */
export function scanRandomCut(criterion: SplitCriterion): SplitScan {
  const left = new Float64Array(criterion.laneCount);
  return (histogram, binCount, node, feature, best) => {
    let lowest = 1;
    while (lowest < binCount && !binHasRows(histogram, lowest, left.length)) lowest++;
    let highest = binCount - 1;
    while (highest > lowest && !binHasRows(histogram, highest, left.length)) highest--;
    const hasMissing = binHasRows(histogram, 0, left.length);
    const inner = highest - lowest;
    if (inner < 0 || (inner === 0 && !hasMissing)) return false;
    const drawn = node.random.below(hasMissing ? inner + 1 : inner);
    left.fill(0);
    if (drawn === inner) {
      addBin(left, histogram, 0);
      judge(criterion, left, node, feature, best, { bin: 0, nextBin: lowest, missingLeft: true });
      return true;
    }
    const bin = lowest + drawn;
    for (let at = lowest; at <= bin; at++) addBin(left, histogram, at);
    judge(criterion, left, node, feature, best, { bin, nextBin: bin + 1, missingLeft: false });
    if (!hasMissing) return true;
    addBin(left, histogram, 0);
    judge(criterion, left, node, feature, best, { bin, nextBin: bin + 1, missingLeft: true });
    return true;
  };
}

function judge(
  criterion: SplitCriterion,
  left: Float64Array,
  node: NodeTotals,
  feature: number,
  best: BestSplit,
  cut: { bin: number; nextBin: number; missingLeft: boolean },
): void {
  const leftRows = criterion.rows(left, node.rowUnit);
  if (leftRows < node.minLeafRows || leftRows > node.rows - node.minLeafRows) return;
  const cost = criterion.cost(left, node);
  if (!(cost < best.cost)) return;
  keepSplit(best, cost, feature, cut.bin, cut.nextBin, cut.missingLeft);
  criterion.weigh(left, node.rowUnit, best.leftWeights);
}
