/** The best split found so far of one node; a scan replaces it only by a better one, so the first of equals stays. */
export interface BestSplit {
  /** Gini impurity left in both sides, weighted by their weights; Infinity before anything is found */
  cost: number;
  feature: number;
  /** last bin of the left side that has rows here; 0 when only missing values go left */
  bin: number;
  /** first bin of the right side that has rows here */
  nextBin: number;
  missingLeft: boolean;
  /** integer weight a class on the left side */
  leftWeights: Float64Array;
}

/** What a scan needs to know of the node. */
export interface NodeTotals {
  rows: number;
  /** integer weight a class */
  weights: Float64Array;
  minLeafRows: number;
  /** lane value of one row, see LaneLayout */
  rowUnit: number;
}

/** Scans the histogram (bin x class lanes) of a feature for a better split; false when the feature is constant in this node. */
export type SplitScan = (
  histogram: Float64Array,
  binCount: number,
  node: NodeTotals,
  feature: number,
  best: BestSplit,
) => boolean;

/** Notes a better split. */
export function keepSplit(
  best: BestSplit,
  cost: number,
  feature: number,
  bin: number,
  nextBin: number,
  missingLeft: boolean,
): void {
  best.cost = cost;
  best.feature = feature;
  best.bin = bin;
  best.nextBin = nextBin;
  best.missingLeft = missingLeft;
}
