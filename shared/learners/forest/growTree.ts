import { RandomStream } from "../../math/randomStream";
import type { BinnedColumn } from "../treeRows/binColumn";
import { partitionRows } from "../treeRows/partitionRows";
import { splitThreshold } from "../treeRows/splitThreshold";
import type { BestSplit, FeatureScan, NodeTotals } from "./bestSplit";
import type { NodeStatistic } from "./nodeStatistic";
import { TreeNodes } from "./treeNodes";

/** What all trees of one forest are grown from. */
export interface GrowthPlan {
  columns: BinnedColumn[];
  statistic: NodeStatistic;
  rowCount: number;
  /** rows of positive weight, ascending: every tree's sample is made of them */
  drawable: Int32Array;
  /** a tree sees as many draws with replacement as there are drawable rows; without it, each of them once */
  bootstrap: boolean;
  maxDepth: number;
  minLeafRows: number;
  featuresPerSplit: number;
  scan: FeatureScan;
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
  private readonly draws: Uint8Array;
  private readonly order: Int32Array;
  private readonly totals: NodeTotals;
  private readonly best: BestSplit;

  constructor(private readonly plan: GrowthPlan) {
    const { rowCount, columns, minLeafRows } = plan;
    const { sumCount, rowUnit } = plan.statistic;
    this.rows = new Int32Array(rowCount);
    this.scratch = new Int32Array(rowCount);
    this.draws = new Uint8Array(rowCount);
    this.order = new Int32Array(columns.length);
    const random = new RandomStream(0, 0);
    this.totals = { rows: 0, weights: new Float64Array(sumCount), minLeafRows, rowUnit, random };
    const leftWeights = new Float64Array(sumCount);
    this.best = { cost: 0, feature: 0, bin: 0, nextBin: 0, missingLeft: false, hasMissing: false, leftWeights };
  }

  /** Tree `index` of the forest with `seed`: it depends on nothing else, whoever grew the trees before. */
  grow(seed: number, index: number): TreeNodes {
    const { plan, order, totals } = this;
    const random = new RandomStream(seed, index);
    totals.random = random;
    for (let feature = 0; feature < order.length; feature++) order[feature] = feature;
    const inBag = this.drawRows(random);
    const nodes = new TreeNodes(plan.statistic.sumCount);
    nodes.add(plan.statistic.sum(this.rows, inBag));
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

  /** Loads the tree's sample; leaves its rows, ascending, in `rows` and gives their number. */
  private drawRows(random: RandomStream): number {
    const { drawable, statistic, bootstrap } = this.plan;
    const { draws, rows } = this;
    draws.fill(bootstrap ? 0 : 1);
    if (bootstrap) for (let draw = 0; draw < drawable.length; draw++) draws[random.below(drawable.length)]++;
    let count = 0;
    for (let at = 0; at < drawable.length; at++) {
      if (draws[at] === 0) continue;
      statistic.load(drawable[at], draws[at]);
      rows[count++] = drawable[at];
    }
    return count;
  }

  /** Scans features in random order until enough that vary here were seen; false when the node stays a leaf. */
  private findSplit(from: number, to: number, random: RandomStream): boolean {
    const { plan, order, best, totals } = this;
    best.cost = Number.POSITIVE_INFINITY;
    if (totals.rows < 2 * plan.minLeafRows || plan.statistic.isPure(this.rows, from, to, totals.weights)) return false;
    let varying = 0;
    for (let at = 0; at < order.length; at++) {
      if (varying >= plan.featuresPerSplit && best.cost < Number.POSITIVE_INFINITY) break;
      const pick = at + random.below(order.length - at);
      const feature = order[pick];
      order[pick] = order[at];
      order[at] = feature;
      if (plan.scan(plan.columns[feature], this.rows, from, to, totals, feature, best)) varying++;
    }
    return best.cost < Number.POSITIVE_INFINITY;
  }

  /** Makes `node` the best split found; returns where the right side's rows start. */
  private applySplit(nodes: TreeNodes, node: number, from: number, to: number): number {
    const { plan, best, rows, scratch } = this;
    const { codes, highest, lowest } = plan.columns[best.feature];
    const { sumCount } = plan.statistic;
    const limit = (best.bin + 1) * sumCount;
    const offset = best.missingLeft ? 0 : sumCount;
    const middle = partitionRows(rows, from, to, codes, limit, offset, scratch);
    nodes.split(node, best.leftWeights);
    nodes.feature[node] = best.feature;
    nodes.threshold[node] =
      best.bin === 0 ? Number.NEGATIVE_INFINITY : splitThreshold(highest[best.bin], lowest[best.nextBin]);
    // a value that was never missing here follows the larger side
    nodes.missingLeft[node] = best.hasMissing ? best.missingLeft : middle - from >= to - middle;
    return middle;
  }
}
