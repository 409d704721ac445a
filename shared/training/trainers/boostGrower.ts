import type { BoostBins } from "./boostBins";
import { BoostColumns } from "./boostColumns";
import { CutFinder, packedColumn } from "./boostCutFinder";
import { binStride } from "./boostHistogram";
import type { LaneScale } from "./boostLanes";
import { bestLeaf, HistogramPool, type OpenLeaf } from "./boostLeaf";
import { partitionByBin, sidesOfBins } from "./boostRows";
import { addLeaf, type BoostTree, singleLeaf } from "./boostTree";

export interface GrowthSettings {
  maxLeaves: number;
  maxDepth: number;
  minLeafRows: number;
  l2: number;
}

/** histograms of open leaves may take so much memory */
const poolBytes = 2 ** 28;

/** Grows trees leaf by leaf, the best cut first, on binned columns; its buffers are allocated once. */
export class BoostGrower {
  private readonly rows: Int32Array;
  private readonly scratch: Int32Array;
  private readonly nodeLanes: Float64Array;
  private readonly goesLeft = new Uint8Array(binStride);
  private readonly pool: HistogramPool;
  private readonly finder: CutFinder;
  private leaves: OpenLeaf[] = [];

  constructor(
    private readonly bins: BoostBins,
    private readonly settings: GrowthSettings,
  ) {
    this.rows = new Int32Array(bins.rowCount);
    this.scratch = new Int32Array(bins.rowCount);
    this.nodeLanes = new Float64Array(bins.rowCount);
    this.pool = new HistogramPool(bins.columns.length * binStride, poolBytes);
    this.finder = new CutFinder(bins, settings);
  }

  /** A tree on the given columns (ascending) for the lanes of all rows; `eachLeaf` sees every leaf's rows, ascending, and gives its value. */
  grow(
    lanes: Float64Array,
    scale: LaneScale,
    columns: readonly number[],
    eachLeaf: (rows: Int32Array) => number,
  ): BoostTree {
    const { maxLeaves } = this.settings;
    const looked = new BoostColumns(this.bins, columns);
    const tree = singleLeaf();
    this.leaves = [this.openRoot(lanes, scale, looked)];
    for (let count = 2; count <= maxLeaves; count++) {
      const leaf = bestLeaf(this.leaves);
      if (leaf === undefined) break;
      const children = this.split(tree, leaf);
      if (count < maxLeaves) this.fillHistograms(leaf.histogram, children, lanes, looked);
      else this.pool.give(leaf.histogram);
      this.leaves.push(...children);
      for (const child of children) this.finder.find(child, looked, this.rows, scale);
    }
    for (const { node, from, to, histogram } of this.leaves) {
      tree.value[node] = eachLeaf(this.rows.subarray(from, to));
      this.pool.give(histogram);
    }
    return tree;
  }

  private openRoot(lanes: Float64Array, scale: LaneScale, looked: BoostColumns): OpenLeaf {
    const { rows } = this;
    let lane = 0;
    for (let row = 0; row < rows.length; row++) {
      rows[row] = row;
      lane += lanes[row];
    }
    const root = openLeaf(0, 0, rows.length, 0, lane);
    root.histogram = this.pool.take([]);
    looked.fill(root.histogram, { rows, from: 0, to: rows.length, lanes });
    this.finder.find(root, looked, rows, scale);
    return root;
  }

  /** Cuts `leaf`, which is no longer open, in two that are not open yet. */
  private split(tree: BoostTree, leaf: OpenLeaf): [OpenLeaf, OpenLeaf] {
    const { node, from, to, depth, cut } = leaf;
    sidesOfBins(cut.bin, cut.missingLeft, this.goesLeft);
    const column = packedColumn(this.bins, cut.column);
    const middle = partitionByBin(this.rows, from, to, column, this.goesLeft, this.scratch);
    tree.feature[node] = cut.column;
    tree.threshold[node] = leaf.threshold;
    // a value that was never missing here follows the larger side
    tree.missingLeft[node] = leaf.hasMissing ? cut.missingLeft : middle - from >= to - middle;
    tree.left[node] = addLeaf(tree);
    this.leaves.splice(this.leaves.indexOf(leaf), 1);
    return [
      openLeaf(tree.left[node], from, middle, depth + 1, cut.left),
      openLeaf(addLeaf(tree), middle, to, depth + 1, leaf.lane - cut.left),
    ];
  }

  /** Sums the smaller child's rows; the other one's histogram is what is left of the parent's. */
  private fillHistograms(
    parent: Float64Array | undefined,
    children: [OpenLeaf, OpenLeaf],
    lanes: Float64Array,
    looked: BoostColumns,
  ): void {
    const [small, large] =
      children[0].to - children[0].from <= children[1].to - children[1].from ? children : [children[1], children[0]];
    if (!this.mayBeCut(large)) {
      this.pool.give(parent);
      return;
    }
    const histogram = this.build(small, lanes, looked);
    if (parent) {
      looked.subtract(parent, histogram);
      large.histogram = parent;
    } else large.histogram = this.build(large, lanes, looked);
    if (this.mayBeCut(small)) small.histogram = histogram;
    else this.pool.give(histogram);
  }

  private mayBeCut({ from, to, depth }: OpenLeaf): boolean {
    return depth < this.settings.maxDepth && to - from >= 2 * this.settings.minLeafRows;
  }

  private build({ from, to }: OpenLeaf, lanes: Float64Array, looked: BoostColumns): Float64Array {
    const { rows, nodeLanes } = this;
    const histogram = this.pool.take(this.leaves);
    gatherLanes(lanes, rows, from, to, nodeLanes);
    looked.fill(histogram, { rows, from, to, lanes: nodeLanes });
    return histogram;
  }
}

function openLeaf(node: number, from: number, to: number, depth: number, lane: number): OpenLeaf {
  const cut = { score: 0, column: -1, bin: 0, missingLeft: false, left: 0 };
  return { node, from, to, depth, lane, histogram: undefined, cut, gain: 0, threshold: 0, hasMissing: false };
}

function gatherLanes(lanes: Float64Array, rows: Int32Array, from: number, to: number, target: Float64Array): void {
  for (let k = 0; k < to - from; k++) target[k] = lanes[rows[from + k]];
}
