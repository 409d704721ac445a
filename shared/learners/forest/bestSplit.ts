import type { RandomStream } from "../../math/randomStream";
import type { BinnedColumn } from "../treeRows/binColumn";

/** The best split found so far of one node; a scan replaces it only by a better one, so the first of equals stays. */
export interface BestSplit {
  /** what the criterion leaves in both sides, the lower the better; Infinity before anything is found */
  cost: number;
  feature: number;
  /** last bin of the left side that has rows here; 0 when only missing values go left */
  bin: number;
  /** first bin of the right side that has rows here */
  nextBin: number;
  missingLeft: boolean;
  /** values of the feature are missing in this node */
  hasMissing: boolean;
  /** sums on the left side: integer weight per class, or weight and weighted value */
  leftWeights: Float64Array;
}

/** What a scan needs to know of the node. */
export interface NodeTotals {
  rows: number;
  /** sums: integer weight per class, or weight and weighted value */
  weights: Float64Array;
  minLeafRows: number;
  /** what one row counts in a sum, see WeightLayout */
  rowUnit: number;
  /** the tree's stream, for scans that draw */
  random: RandomStream;
}

/**
 * Scans the histogram (bin x sums) of a feature for a better split; false when the feature is constant in this node.
 */
export type SplitScan = (
  histogram: Float64Array,
  binCount: number,
  node: NodeTotals,
  feature: number,
  best: BestSplit,
) => boolean;

/** Looks for a better split of rows[from, to) by one feature; false when it is constant among them. */
export type FeatureScan = (
  column: BinnedColumn,
  rows: Int32Array,
  from: number,
  to: number,
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
