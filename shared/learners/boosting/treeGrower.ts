import type { BinnedColumns } from "./binnedColumns";
import { CutFinder } from "./cutFinder";
import { DrawnColumns } from "./drawnColumns";
import type { Histogram } from "./histogram";
import { bestLeaf, HistogramPool, type OpenLeaf } from "./openLeaf";
import type { PackedScale } from "./packedDerivatives";
import { type BinSide, partitionByBin } from "./partitionByBin";
import { addLeaf, type RegressionTree, singleLeaf } from "./regressionTree";
import type { Cut } from "./scanCuts";

export interface GrowthSettings {
  maxLeaves: number;
  maxDepth: number;
  minLeafRows: number;
  l2: number;
}

/** what histograms of open leaves may take, in bytes */
const roomForHistograms = 2 ** 28;

/** Grows trees leaf by leaf, the best cut first, on binned columns; its buffers are allocated once. */
export class TreeGrower {
  /** all rows, ascending */
  private readonly everyRow: Int32Array;
  /** a leaf's rows are in one of them, its children's in the other: a partition need not copy back */
  private readonly buffers: readonly [Int32Array, Int32Array];
  private readonly nodeDerivatives: Float64Array;
  private readonly pool: HistogramPool;
  private readonly finder: CutFinder;
  private leaves: OpenLeaf[] = [];

  constructor(
    private readonly bins: BinnedColumns,
    private readonly settings: GrowthSettings,
    histogramBytes = roomForHistograms,
  ) {
    this.everyRow = new Int32Array(bins.rowCount).map((_, row) => row);
    this.buffers = [new Int32Array(bins.rowCount), new Int32Array(bins.rowCount)];
    this.nodeDerivatives = new Float64Array(bins.rowCount);
    this.pool = new HistogramPool(bins.groups.length, histogramBytes);
    this.finder = new CutFinder(bins, settings);
  }

  /**
   * A tree on the given columns (ascending) for the packed derivatives of all rows; `eachLeaf` sees every leaf's rows
   * and gives its value.
   */
  grow(
    packed: Float64Array,
    scale: PackedScale,
    columns: readonly number[],
    eachLeaf: (rows: Int32Array) => number,
  ): RegressionTree {
    const { maxLeaves } = this.settings;
    const looked = new DrawnColumns(this.bins, columns);
    const tree = singleLeaf();
    this.leaves = [this.openRoot(packed, scale, looked)];
    for (let count = 2; count <= maxLeaves; count++) {
      const leaf = bestLeaf(this.leaves);
      if (leaf === undefined) break;
      const children = this.split(tree, leaf);
      if (count < maxLeaves) this.fillHistograms(leaf.histogram, children, packed, looked);
      else this.pool.give(leaf.histogram);
      this.leaves.push(...children);
      for (const child of children) this.finder.find(child, looked, scale);
    }
    for (const { node, rows, histogram } of this.leaves) {
      tree.value[node] = eachLeaf(rows);
      this.pool.give(histogram);
    }
    return tree;
  }

  private openRoot(packed: Float64Array, scale: PackedScale, looked: DrawnColumns): OpenLeaf {
    this.buffers[0].set(this.everyRow);
    const root = openLeaf(0, this.buffers[0], 0, 0, 0, scale.sum);
    root.histogram = this.pool.take([]);
    looked.fill(root.histogram, this.everyRow, packed);
    this.finder.find(root, looked, scale);
    return root;
  }

  /** Cuts `leaf`, which is no longer open, in two that are not open yet. */
  private split(tree: RegressionTree, leaf: OpenLeaf): [OpenLeaf, OpenLeaf] {
    const { node, from, rows, depth, cut } = leaf;
    const to = from + rows.length;
    const buffer = leaf.buffer === 0 ? 1 : 0;
    const target = this.buffers[buffer];
    const middle = partitionByBin(this.buffers[leaf.buffer], from, to, binSide(this.bins, cut), target);
    tree.feature[node] = cut.column;
    tree.threshold[node] = leaf.threshold;
    // a value that was never missing here follows the larger side
    tree.missingLeft[node] = leaf.hasMissing ? cut.missingLeft : middle - from >= to - middle;
    tree.left[node] = addLeaf(tree);
    this.leaves.splice(this.leaves.indexOf(leaf), 1);
    return [
      openLeaf(tree.left[node], target.subarray(from, middle), from, buffer, depth + 1, cut.left),
      openLeaf(addLeaf(tree), target.subarray(middle, to), middle, buffer, depth + 1, leaf.packedSum - cut.left),
    ];
  }

  /** Sums the smaller child's rows; the other one's histogram is what is left of the parent's. */
  private fillHistograms(
    parent: Histogram | undefined,
    children: [OpenLeaf, OpenLeaf],
    packed: Float64Array,
    looked: DrawnColumns,
  ): void {
    const [left, right] = children;
    const [small, large] = left.rows.length <= right.rows.length ? [left, right] : [right, left];
    if (!this.mayBeCut(large)) {
      this.pool.give(parent);
      return;
    }
    const histogram = this.build(small, packed, looked);
    if (parent) {
      looked.subtract(parent, histogram);
      large.histogram = parent;
    } else large.histogram = this.build(large, packed, looked);
    if (this.mayBeCut(small)) small.histogram = histogram;
    else this.pool.give(histogram);
  }

  private mayBeCut({ rows, depth }: OpenLeaf): boolean {
    return depth < this.settings.maxDepth && rows.length >= 2 * this.settings.minLeafRows;
  }

  private build({ rows }: OpenLeaf, packed: Float64Array, looked: DrawnColumns): Histogram {
    const histogram = this.pool.take(this.leaves);
    gatherDerivatives(packed, rows, this.nodeDerivatives);
    looked.fill(histogram, rows, this.nodeDerivatives.subarray(0, rows.length));
    return histogram;
  }
}

function openLeaf(
  node: number,
  rows: Int32Array,
  from: number,
  buffer: 0 | 1,
  depth: number,
  packedSum: number,
): OpenLeaf {
  const cut = { score: 0, column: -1, bin: 0, missingLeft: false, left: 0 };
  return {
    node,
    rows,
    from,
    buffer,
    depth,
    packedSum,
    histogram: undefined,
    cut,
    gain: 0,
    threshold: 0,
    hasMissing: false,
  };
}

function binSide({ groups }: BinnedColumns, { column, bin, missingLeft }: Cut): BinSide {
  const offset = missingLeft ? 0 : 1;
  return { words: groups[column >> 2], shift: 8 * (column & 3), offset, bound: bin + 1 - offset };
}

function gatherDerivatives(packed: Float64Array, rows: Int32Array, target: Float64Array): void {
  for (let at = 0; at < rows.length; at++) target[at] = packed[rows[at]];
}
