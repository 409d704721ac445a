import type { BestSplit, NodeTotals, SplitScan } from "./bestSplit";
import type { BinnedColumn } from "./binColumn";
import { accumulate, clampDraws, type LaneLayout } from "./classHistogram";
import { partitionRows } from "./partitionRows";
import { RandomStream } from "./randomStream";
import { splitThreshold } from "./splitThreshold";
import { TreeNodes } from "./treeNodes";

/** What all trees of one forest are grown from. */
export interface GrowthPlan {
  columns: BinnedColumn[];
  /** class of each row */
  classes: Int32Array;
  classCount: number;
  rowCount: number;
  /** integer weight of each row, see LaneLayout */
  weights: Float64Array;
  /** rows of positive weight, ascending: a bootstrap sample draws among them */
  drawable: Int32Array;
  layout: LaneLayout;
  maxDepth: number;
  minLeafRows: number;
  featuresPerSplit: number;
  scan: SplitScan;
}

interface PendingNode {
  node: number;
  from: number;
  to: number;
  depth: number;
}

/** Grows the trees of one forest, one after the other, in buffers that are allocated once. */
export class TreeGrower {
  private readonly rows: Int32Array;
  private readonly scratch: Int32Array;
  private readonly lanes: Float64Array;
  private readonly draws: Uint8Array;
  private readonly histogram: Float64Array;
  private readonly order: Int32Array;
  private readonly totals: NodeTotals;
  private readonly best: BestSplit;
  private bestHasMissing = false;

  constructor(private readonly plan: GrowthPlan) {
    const { rowCount, classCount, columns, minLeafRows, layout } = plan;
    this.rows = new Int32Array(rowCount);
    this.scratch = new Int32Array(rowCount);
    this.lanes = new Float64Array(rowCount);
    this.draws = new Uint8Array(rowCount);
    this.histogram = new Float64Array(256 * classCount);
    this.order = new Int32Array(columns.length);
    this.totals = { rows: 0, weights: new Float64Array(classCount), minLeafRows, rowUnit: layout.rowUnit };
    const leftWeights = new Float64Array(classCount);
    this.best = { cost: 0, feature: 0, bin: 0, nextBin: 0, missingLeft: false, leftWeights };
  }

  /** Tree `index` of the forest with `seed`: it depends on nothing else, whoever grew the trees before. */
  grow(seed: number, index: number): TreeNodes {
    const { plan, order, totals } = this;
    const random = new RandomStream(seed, index);
    for (let feature = 0; feature < order.length; feature++) order[feature] = feature;
    const inBag = this.drawRows(random);
    const nodes = new TreeNodes(plan.classCount);
    nodes.add(this.sumRows(inBag));
    const pending: PendingNode[] = [{ node: 0, from: 0, to: inBag, depth: 0 }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { node, from, to, depth } = next;
      if (depth >= plan.maxDepth) continue;
      totals.rows = to - from;
      nodes.readWeights(node, totals.weights);
      if (!this.findSplit(from, to, random)) continue;
      const middle = this.applySplit(nodes, node, from, to);
      const left = nodes.left[node];
      pending.push({ node: left + 1, from: middle, to, depth: depth + 1 });
      pending.push({ node: left, from, to: middle, depth: depth + 1 });
    }
    return nodes;
  }

  /** Bootstrap: as many draws as drawable rows; leaves the rows drawn, ascending, in `rows` and gives their number. */
  private drawRows(random: RandomStream): number {
    const { drawable, weights, layout } = this.plan;
    const { draws, rows, lanes } = this;
    draws.fill(0);
    for (let draw = 0; draw < drawable.length; draw++) draws[random.below(drawable.length)]++;
    let count = 0;
    for (let at = 0; at < drawable.length; at++) {
      if (draws[at] === 0) continue;
      const row = drawable[at];
      lanes[row] = layout.rowUnit + clampDraws(draws[at]) * weights[row];
      rows[count++] = row;
    }
    return count;
  }

  private sumRows(count: number): Float64Array {
    const { classes, classCount, layout } = this.plan;
    const sums = new Float64Array(classCount);
    for (let at = 0; at < count; at++) sums[classes[this.rows[at]]] += this.lanes[this.rows[at]] - layout.rowUnit;
    return sums;
  }

  /** Scans features in random order until enough that vary here were seen; false when the node stays a leaf. */
  private findSplit(from: number, to: number, random: RandomStream): boolean {
    const { plan, order, best, totals } = this;
    best.cost = Number.POSITIVE_INFINITY;
    if (totals.rows < 2 * plan.minLeafRows || isPure(totals.weights)) return false;
    let varying = 0;
    for (let at = 0; at < order.length; at++) {
      if (varying >= plan.featuresPerSplit && best.cost < Number.POSITIVE_INFINITY) break;
      const pick = at + random.below(order.length - at);
      const feature = order[pick];
      order[pick] = order[at];
      order[at] = feature;
      if (this.scanFeature(feature, from, to)) varying++;
    }
    return best.cost < Number.POSITIVE_INFINITY;
  }

  private scanFeature(feature: number, from: number, to: number): boolean {
    const { plan, histogram, lanes, rows, best } = this;
    const { codes, binCount } = plan.columns[feature];
    histogram.fill(0, 0, binCount * plan.classCount);
    accumulate(histogram, codes, lanes, rows, from, to);
    const costBefore = best.cost;
    const varies = plan.scan(histogram, binCount, this.totals, feature, best);
    if (best.cost < costBefore) this.bestHasMissing = hasMissing(histogram, plan.classCount);
    return varies;
  }

  /** Makes `node` the best split found; returns where the right side's rows start. */
  private applySplit(nodes: TreeNodes, node: number, from: number, to: number): number {
    const { plan, best, rows, scratch } = this;
    const { codes, highest, lowest } = plan.columns[best.feature];
    const limit = (best.bin + 1) * plan.classCount;
    const offset = best.missingLeft ? 0 : plan.classCount;
    const middle = partitionRows(rows, from, to, codes, limit, offset, scratch);
    nodes.split(node, best.leftWeights);
    nodes.feature[node] = best.feature;
    nodes.threshold[node] =
      best.bin === 0 ? Number.NEGATIVE_INFINITY : splitThreshold(highest[best.bin], lowest[best.nextBin]);
    // a value that was never missing here follows the larger side
    nodes.missingLeft[node] = this.bestHasMissing ? best.missingLeft : middle - from >= to - middle;
    return middle;
  }
}

function isPure(weights: Float64Array): boolean {
  let present = 0;
  for (let lane = 0; lane < weights.length; lane++) if (weights[lane] > 0) present++;
  return present < 2;
}

function hasMissing(histogram: Float64Array, classCount: number): boolean {
  for (let lane = 0; lane < classCount; lane++) if (histogram[lane] > 0) return true;
  return false;
}
