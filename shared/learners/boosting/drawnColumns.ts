import type { BinnedColumns } from "./binnedColumns";
import { accumulateColumn, accumulators, binStride, type Histogram, subtractHistogram } from "./histogram";

/**
 * The columns that one tree looks at, and how their histograms are filled: whole groups of a word where all of its
 * columns are looked at.
 */
export class DrawnColumns {
  /** groups of which every column is in use, with their number of columns */
  private readonly whole: { group: number; width: number }[] = [];
  /** columns of the other groups */
  private readonly single: number[] = [];

  /** `columns` ascending. */
  constructor(
    private readonly bins: BinnedColumns,
    readonly columns: readonly number[],
  ) {
    for (let group = 0; group < bins.groups.length; group++) {
      const wanted = columns.filter((column) => column >> 2 === group);
      const width = Math.min(4, bins.columns.length - 4 * group);
      if (wanted.length === width) this.whole.push({ group, width });
      else this.single.push(...wanted);
    }
  }

  /** Fills `histogram` with the sums by bin of the packed derivatives, in the order of `rows`. */
  fill(histogram: Histogram, rows: Int32Array, packed: Float64Array): void {
    const { groups } = this.bins;
    for (const part of histogram) part.fill(0);
    for (const { group, width } of this.whole) accumulators[width - 1](histogram[group], groups[group], rows, packed);
    for (const column of this.single)
      accumulateColumn(histogram[column >> 2], column & 3, groups[column >> 2], rows, packed);
  }

  /** Takes a child's histogram away from its parent's, which becomes the other child's. */
  subtract(parent: Histogram, child: Histogram): void {
    for (const column of this.columns) {
      const from = (column & 3) * binStride;
      const to = from + this.bins.columns[column].highest.length;
      subtractHistogram(parent[column >> 2], child[column >> 2], from, to);
    }
  }
}
