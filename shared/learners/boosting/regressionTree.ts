/** One tree of a boosted ensemble: node 0 is the root, the right child follows the left one. */
export interface RegressionTree {
  /** -1 marks a leaf */
  feature: number[];
  /** float32; a value at or below it goes left */
  threshold: number[];
  missingLeft: boolean[];
  /** index of the left child; leaves: 0 */
  left: number[];
  /** what a leaf adds to the score; 0 for splits */
  value: number[];
}

/** A tree that is one leaf of value 0. */
export function singleLeaf(): RegressionTree {
  const tree = { feature: [], threshold: [], missingLeft: [], left: [], value: [] };
  addLeaf(tree);
  return tree;
}

/** Adds a leaf of value 0; returns its index. */
export function addLeaf(tree: RegressionTree): number {
  tree.feature.push(-1);
  tree.threshold.push(0);
  tree.missingLeft.push(false);
  tree.left.push(0);
  tree.value.push(0);
  return tree.feature.length - 1;
}
