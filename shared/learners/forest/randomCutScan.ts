import { type BestSplit, type FeatureScan, keepSplit, type NodeTotals } from "./bestSplit";
import type { NodeStatistic } from "./nodeStatistic";
import type { SplitCriterion } from "./splitCriterion";

/**
 * FeatureScan of extremely randomised trees (Geurts, Ernst and Wehenkel 2006): one cut per feature, drawn evenly among
 * the bins between the node's lowest and highest; missing values are tried on both sides, and are one more cut of their
 * own. One cut needs no histogram.
 */
export function randomCutScan(statistic: NodeStatistic, criterion: SplitCriterion): FeatureScan {
  const { sumCount } = statistic;
  const missing = new Float64Array(sumCount);
  const left = new Float64Array(sumCount);
  const span = { hasMissing: false, lowest: 0, highest: 0 };
  return ({ codes }, rows, from, to, node, feature, best) => {
    readSpan(span, codes, sumCount, rows, from, to);
    const { hasMissing, lowest, highest } = span;
    const inner = highest - lowest;
    if (inner < 0 || (inner === 0 && !hasMissing)) return false;
    missing.fill(0);
    if (hasMissing) statistic.sumBelow(codes, sumCount, rows, from, to, missing);
    const drawn = node.random.below(hasMissing ? inner + 1 : inner);
    if (drawn === inner) {
      judge(criterion, missing, node, best, { feature, bin: 0, nextBin: lowest, missingLeft: true, hasMissing });
      return true;
    }
    const bin = lowest + drawn;
    left.fill(0);
    statistic.sumBelow(codes, (bin + 1) * sumCount, rows, from, to, left);
    const cut = { feature, bin, nextBin: bin + 1, hasMissing };
    if (hasMissing) judge(criterion, left, node, best, { ...cut, missingLeft: true });
    for (let k = 0; k < sumCount; k++) left[k] -= missing[k];
    judge(criterion, left, node, best, { ...cut, missingLeft: false });
    return true;
  };
}

/** The bins that rows[from, to) lie in; highest is below lowest when every value is missing. */
function readSpan(
  span: { hasMissing: boolean; lowest: number; highest: number },
  codes: Uint16Array,
  sumCount: number,
  rows: Int32Array,
  from: number,
  to: number,
): void {
  let lowest = 0xffff;
  let highest = 0;
  let missing = 0;
  for (let at = from; at < to; at++) {
    const code = codes[rows[at]];
    highest = Math.max(highest, code);
    if (code < sumCount) missing++;
    else lowest = Math.min(lowest, code);
  }
  span.hasMissing = missing > 0;
  span.lowest = missing === to - from ? 1 : Math.floor(lowest / sumCount);
  span.highest = Math.floor(highest / sumCount);
}

function judge(
  criterion: SplitCriterion,
  left: Float64Array,
  node: NodeTotals,
  best: BestSplit,
  cut: Pick<BestSplit, "feature" | "bin" | "nextBin" | "missingLeft" | "hasMissing">,
): void {
  const leftRows = criterion.rows(left, node.rowUnit);
  if (leftRows < node.minLeafRows || leftRows > node.rows - node.minLeafRows) return;
  const cost = criterion.cost(left, node);
  if (!(cost < best.cost)) return;
  keepSplit(best, cost, cut.feature, cut.bin, cut.nextBin, cut.missingLeft);
  best.hasMissing = cut.hasMissing;
  criterion.weigh(left, node.rowUnit, best.leftWeights);
}
