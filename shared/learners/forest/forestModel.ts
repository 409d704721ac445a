import type { EnsembleTrees } from "../graph/ensembleNodes";
import type { TreeNodes } from "./treeNodes";

/** A grown forest. */
export interface Forest extends EnsembleTrees {
  /**
   * numbers a leaf holds: the probability of the positive class for two classes, else one per class; two for a value
   * (high, low)
   */
  outputCount: number;
  /** node x output: whole numbers within `leafUnits` */
  leafValues: Int32Array;
  /**
   * a power of two with treeCount x leafUnits <= 2^24, so that float32 sums over all trees are exact in any order;
   * probability 1 is so many
   */
  leafUnits: number;
}

/** Writes the outputs of a leaf whose training rows sum to `sums`. */
export type LeafWriter = (sums: Float64Array, leafUnits: number, target: Int32Array) => void;

/** Joins trees into a forest. */
export function joinTrees(trees: TreeNodes[], outputCount: number, writeLeaf: LeafWriter): Forest {
  const nodeCount = trees.reduce((sum, tree) => sum + tree.count, 0);
  const forest: Forest = {
    treeCount: trees.length,
    outputCount,
    treeStart: new Int32Array(trees.length + 1),
    feature: new Int32Array(nodeCount),
    threshold: new Float32Array(nodeCount),
    missingLeft: new Uint8Array(nodeCount),
    left: new Int32Array(nodeCount),
    leafValues: new Int32Array(nodeCount * outputCount),
    leafUnits: leafUnitsFor(trees.length),
  };
  for (const [index, tree] of trees.entries()) {
    const start = forest.treeStart[index];
    forest.treeStart[index + 1] = start + tree.count;
    copyTree(forest, tree, start, writeLeaf);
  }
  return forest;
}

/** The largest `leafUnits` for that many trees. */
export function leafUnitsFor(treeCount: number): number {
  return 2 ** (24 - Math.ceil(Math.log2(treeCount)));
}

function copyTree(forest: Forest, tree: TreeNodes, start: number, writeLeaf: LeafWriter): void {
  const { outputCount, leafUnits } = forest;
  const sums = new Float64Array(tree.sumCount);
  for (let node = 0; node < tree.count; node++) {
    const at = start + node;
    forest.feature[at] = tree.feature[node];
    forest.threshold[at] = tree.threshold[node];
    forest.missingLeft[at] = tree.missingLeft[node] ? 1 : 0;
    if (tree.feature[node] >= 0) {
      forest.left[at] = start + tree.left[node];
      continue;
    }
    tree.readWeights(node, sums);
    writeLeaf(sums, leafUnits, forest.leafValues.subarray(at * outputCount, (at + 1) * outputCount));
  }
}
