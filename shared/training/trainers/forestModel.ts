import type { TreeNodes } from "./treeNodes";

/** A grown forest in flat arrays; node indices count over all trees. */
export interface Forest {
  treeCount: number;
  /** probabilities a leaf holds: one (of the positive class) for two classes, else one a class */
  outputCount: number;
  /** first node of each tree, then the number of nodes */
  treeStart: Int32Array;
  /** -1 marks a leaf */
  feature: Int32Array;
  /** float32; a value at or below it goes left */
  threshold: Float32Array;
  missingLeft: Uint8Array;
  /** left child; the right one stands after it */
  left: Int32Array;
  /** node x output: the leaf's probability as a whole number of `leafUnits` */
  leafValues: Int32Array;
  /** units of probability 1: a power of two with treeCount x leafUnits <= 2^24, so that float32 sums over all trees are exact in any order */
  leafUnits: number;
}

/** Joins trees into a forest; with two classes the leaves keep only the share of `positiveIndex`. */
export function joinTrees(trees: TreeNodes[], positiveIndex: number): Forest {
  const { classCount } = trees[0];
  const nodeCount = trees.reduce((sum, tree) => sum + tree.count, 0);
  const outputCount = classCount === 2 ? 1 : classCount;
  const forest: Forest = {
    treeCount: trees.length,
    outputCount,
    treeStart: new Int32Array(trees.length + 1),
    feature: new Int32Array(nodeCount),
    threshold: new Float32Array(nodeCount),
    missingLeft: new Uint8Array(nodeCount),
    left: new Int32Array(nodeCount),
    leafValues: new Int32Array(nodeCount * outputCount),
    leafUnits: 2 ** (24 - Math.ceil(Math.log2(trees.length))),
  };
  for (const [index, tree] of trees.entries()) {
    const start = forest.treeStart[index];
    forest.treeStart[index + 1] = start + tree.count;
    copyTree(forest, tree, start, positiveIndex);
  }
  return forest;
}

function copyTree(forest: Forest, tree: TreeNodes, start: number, positiveIndex: number): void {
  const weights = new Float64Array(tree.classCount);
  for (let node = 0; node < tree.count; node++) {
    const at = start + node;
    forest.feature[at] = tree.feature[node];
    forest.threshold[at] = tree.threshold[node];
    forest.missingLeft[at] = tree.missingLeft[node] ? 1 : 0;
    if (tree.feature[node] >= 0) {
      forest.left[at] = start + tree.left[node];
      continue;
    }
    tree.readWeights(node, weights);
    const target = forest.leafValues.subarray(at * forest.outputCount, (at + 1) * forest.outputCount);
    if (tree.classCount === 2)
      target[0] = Math.round((weights[positiveIndex] / (weights[0] + weights[1])) * forest.leafUnits);
    else roundShares(weights, forest.leafUnits, target);
  }
}

/** Shares as whole numbers that sum to `units`: differences of the rounded running sum. */
function roundShares(weights: Float64Array, units: number, target: Int32Array): void {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let running = 0;
  let before = 0;
  for (let lane = 0; lane < weights.length; lane++) {
    running += weights[lane];
    const after = Math.round((running / total) * units);
    target[lane] = after - before;
    before = after;
  }
}
