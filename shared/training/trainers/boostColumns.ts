import type { BoostBins } from "./boostBins";
import { accumulateColumn, accumulateGroup, binStride, type NodeRows, subtractHistogram } from "./boostHistogram";

/** The columns that one tree looks at, and how their histograms are filled: whole groups of a word where all of its columns are looked at. */
export class BoostColumns {
  /** groups of which every column is in use, with their number of columns */
  private readonly groups: { group: number; width: number }[] = [];
  /** columns of the other groups */
  private readonly single: number[] = [];

  /** `columns` ascending. */
  constructor(
    private readonly bins: BoostBins,
    readonly columns: readonly number[],
  ) {
    for (let group = 0; 4 * group < bins.columns.length; group++) {
      const wanted = columns.filter((column) => column >> 2 === group);
      const width = Math.min(4, bins.columns.length - 4 * group);
      if (wanted.length === width) this.groups.push({ group, width });
      else this.single.push(...wanted);
    }
  }

  /** Fills `histogram` with the sums of the node's lanes by bin. */
  fill(histogram: Float64Array, node: NodeRows): void {
    const { rowCount, words } = this.bins;
    histogram.fill(0);
    for (const { group, width } of this.groups)
      accumulateGroup(width, histogram, 4 * group * binStride, words, group * rowCount, node);
    for (const column of this.single)
      accumulateColumn(histogram, column * binStride, words, (column >> 2) * rowCount, 8 * (column & 3), node);
  }

  /** Takes a child's histogram away from its parent's, which becomes the other child's. */
  subtract(parent: Float64Array, child: Float64Array): void {
    for (const column of this.columns) {
      const at = column * binStride;
      subtractHistogram(parent, child, at, at + this.bins.columns[column].highest.length);
    }
  }
}
