import { binStride, type Histogram } from "./histogram";
import type { Cut } from "./scanCuts";

/** A leaf of a growing tree. */
export interface OpenLeaf {
  node: number;
  /** its rows, ascending or descending in stretches: a view on one of the grower's two buffers, from `from` on */
  rows: Int32Array;
  from: number;
  /** which of the two buffers */
  buffer: 0 | 1;
  depth: number;
  /** sum of its rows' packed derivatives */
  packedSum: number;
  /** undefined where it is not needed or was given up for lack of memory */
  histogram: Histogram | undefined;
  cut: Cut;
  /** what the cut improves the score by; 0 when there is none */
  gain: number;
  /** float32 threshold of the cut */
  threshold: number;
  /** whether some rows of the leaf have no value in the column of the cut */
  hasMissing: boolean;
}

/** The leaf whose cut improves most; undefined when none has a cut. */
export function bestLeaf(leaves: readonly OpenLeaf[]): OpenLeaf | undefined {
  let best: OpenLeaf | undefined;
  for (const leaf of leaves) if (leaf.gain > 0 && (best === undefined || leaf.gain > best.gain)) best = leaf;
  return best;
}

/**
 * Histograms for the leaves of one tree, used again for the next; at most as many as fit in `sizeBytes`, but at least
 * two.
 */
export class HistogramPool {
  private readonly free: Histogram[] = [];
  private made = 0;
  private readonly most: number;

  constructor(
    private readonly groupCount: number,
    sizeBytes: number,
  ) {
    this.most = Math.max(2, Math.floor(sizeBytes / (groupCount * 4 * binStride * 8)));
  }

  /** A histogram of unknown content; when there is no room, that of the open leaf which improves least. */
  take(leaves: readonly OpenLeaf[]): Histogram {
    const found = this.free.pop();
    if (found) return found;
    if (this.made < this.most) {
      this.made++;
      return Array.from({ length: this.groupCount }, () => new Float64Array(4 * binStride));
    }
    let poorest: OpenLeaf | undefined;
    for (const leaf of leaves)
      if (leaf.histogram && (poorest === undefined || leaf.gain < poorest.gain)) poorest = leaf;
    if (poorest?.histogram === undefined) throw new Error("more histograms in use than leaves");
    const { histogram } = poorest;
    poorest.histogram = undefined;
    return histogram;
  }

  give(histogram: Histogram | undefined): void {
    if (histogram) this.free.push(histogram);
  }
}
