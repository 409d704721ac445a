import { splitThreshold } from "../treeRows/splitThreshold";
import type { BinnedColumns } from "./binnedColumns";
import type { DrawnColumns } from "./drawnColumns";
import { binStride, type Histogram } from "./histogram";
import type { OpenLeaf } from "./openLeaf";
import { gradientUnit, type PackedScale } from "./packedDerivatives";
import { countBins, cutRange } from "./partitionByBin";
import { type Cut, type CutLimits, scanCuts } from "./scanCuts";

export interface CutSettings {
  minLeafRows: number;
  l2: number;
}

/** least hessian of a leaf, as LightGBM's min_sum_hessian_in_leaf */
export const leastLeafHessian = 1e-3;

/** Finds the best cut of a leaf from its histogram, which knows hessians but not how many rows a bin has. */
export class CutFinder {
  private readonly counts = new Int32Array(binStride);

  constructor(
    private readonly bins: BinnedColumns,
    private readonly settings: CutSettings,
  ) {}

  /** Writes the leaf's best cut, its gain and its threshold; the gain stays 0 when no cut is allowed. */
  find(leaf: OpenLeaf, columns: DrawnColumns, scale: PackedScale): void {
    const { histogram, cut, packedSum } = leaf;
    if (histogram === undefined) return;
    const { minLeafRows } = this.settings;
    const gradient = Math.floor(packedSum / gradientUnit);
    const hessian = packedSum - gradient * gradientUnit;
    const l2 = this.settings.l2 * scale.hessianScale;
    const least = Math.max(1, leastLeafHessian * scale.hessianScale);
    // the rows of a side by its share of the hessian, as LightGBM counts them
    const leastByRows = (minLeafRows * hessian) / leaf.rows.length;
    const own = (gradient * gradient) / (hessian + l2);
    cut.score = own;
    this.scanAll(histogram, columns, { gradient, hessian, leastHessian: Math.max(least, leastByRows), l2 }, cut);
    if (cut.column >= 0 && !this.hasRows(leaf, hessian, scale)) {
      cut.score = own;
      cut.column = -1;
      this.scanCounted(leaf, histogram, columns, { gradient, hessian, leastHessian: least, l2 });
    }
    if (cut.column < 0) return;
    leaf.gain = cut.score - own;
    this.place(leaf, histogram, cut);
  }

  private scanAll(histogram: Histogram, { columns }: DrawnColumns, limits: CutLimits, cut: Cut): void {
    for (const column of columns) {
      const part = histogram[column >> 2];
      const at = (column & 3) * binStride;
      const last = this.bins.columns[column].highest.length - 2;
      scanCuts(part, at, 1, 1, last, limits, column, cut);
      if (part[at] !== 0) scanCuts(part, at, 0, 0, last, limits, column, cut);
    }
  }

  /** Whether both sides of the cut hold enough rows; they are counted only where the hessians do not prove it. */
  private hasRows({ cut, rows }: OpenLeaf, hessian: number, scale: PackedScale): boolean {
    const { minLeafRows } = this.settings;
    const leftHessian = cut.left - Math.floor(cut.left / gradientUnit) * gradientUnit;
    if (Math.min(leftHessian, hessian - leftHessian) >= minLeafRows * scale.largestHessian) return true;
    this.count(rows, cut.column);
    let left = 0;
    for (let bin = cut.missingLeft ? 0 : 1; bin <= cut.bin; bin++) left += this.counts[bin];
    return left >= minLeafRows && rows.length - left >= minLeafRows;
  }

  /** The slow way: counts the rows of every bin. */
  private scanCounted(
    { cut, rows }: OpenLeaf,
    histogram: Histogram,
    { columns }: DrawnColumns,
    limits: CutLimits,
  ): void {
    const { counts } = this;
    for (const column of columns) {
      this.count(rows, column);
      for (const start of counts[0] > 0 ? ([1, 0] as const) : ([1] as const)) {
        const { first, last } = cutRange(counts, start, this.settings.minLeafRows);
        scanCuts(histogram[column >> 2], (column & 3) * binStride, start, first, last, limits, column, cut);
      }
    }
  }

  private count(rows: Int32Array, column: number): void {
    countBins(rows, this.bins.groups[column >> 2], 8 * (column & 3), this.counts);
  }

  /** The threshold lies midway between the bins with rows on its two sides. */
  private place(leaf: OpenLeaf, histogram: Histogram, { column, bin }: Cut): void {
    const { lowest, highest } = this.bins.columns[column];
    const part = histogram[column >> 2];
    const at = (column & 3) * binStride;
    leaf.hasMissing = part[at] !== 0;
    let next = bin + 1;
    while (next < lowest.length - 1 && part[at + next] === 0) next++;
    if (part[at + next] === 0) next = bin + 1;
    leaf.threshold = bin === 0 ? Number.NEGATIVE_INFINITY : splitThreshold(highest[bin], lowest[next]);
  }
}
