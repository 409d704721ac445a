import type { BoostCut } from "./boostScan";

/** A leaf of a growing tree: rows[from, to) of the grower. */
export interface OpenLeaf {
  node: number;
  from: number;
  to: number;
  depth: number;
  /** sum of its rows' lanes */
  lane: number;
  /** its histogram; undefined where it was given up for lack of room */
  histogram: Float64Array | undefined;
  cut: BoostCut;
  /** what the cut improves the score by; 0 when there is none */
  gain: number;
  /** float32 threshold of the cut */
  threshold: number;
  /** whether rows of the leaf lack the value that the cut looks at */
  hasMissing: boolean;
}

/** The leaf whose cut improves most; undefined when none has a cut. */
export function bestLeaf(leaves: readonly OpenLeaf[]): OpenLeaf | undefined {
  let best: OpenLeaf | undefined;
  for (const leaf of leaves) if (leaf.gain > 0 && (best === undefined || leaf.gain > best.gain)) best = leaf;
  return best;
}

/** Histograms for the leaves of one tree, used again for the next; at most so many that they fit `sizeBytes`, but two. */
export class HistogramPool {
  private readonly free: Float64Array[] = [];
  private made = 0;
  private readonly most: number;

  constructor(
    private readonly length: number,
    sizeBytes: number,
  ) {
    this.most = Math.max(2, Math.floor(sizeBytes / (8 * Math.max(1, length))));
  }

  /** A histogram of unknown content; when there is no room, that of the open leaf which improves least. */
  take(leaves: readonly OpenLeaf[]): Float64Array {
    const found = this.free.pop();
    if (found) return found;
    if (this.made < this.most) {
      this.made++;
      return new Float64Array(this.length);
    }
    let poorest: OpenLeaf | undefined;
    for (const leaf of leaves)
      if (leaf.histogram && (poorest === undefined || leaf.gain < poorest.gain)) poorest = leaf;
    if (poorest?.histogram === undefined) throw new Error("more histograms in use than leaves");
    const { histogram } = poorest;
    poorest.histogram = undefined;
    return histogram;
  }

  give(histogram: Float64Array | undefined): void {
    if (histogram) this.free.push(histogram);
  }
}
