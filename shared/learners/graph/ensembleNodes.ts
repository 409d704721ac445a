/** Trees in flat arrays; node indices count over all trees. */
export interface EnsembleTrees {
  treeCount: number;
  /** first node of each tree, then the number of nodes */
  treeStart: Int32Array;
  /** -1 marks a leaf */
  feature: Int32Array;
  /** float32; a value at or below it goes left */
  threshold: Float32Array;
  missingLeft: Uint8Array;
  /** left child; the right one follows it */
  left: Int32Array;
}

/** What ONNX calls each node: its tree and its number there. */
export interface NodePlaces {
  tree: Int32Array;
  id: Int32Array;
}

export function nodePlaces({ treeCount, treeStart, feature }: EnsembleTrees): NodePlaces {
  const tree = new Int32Array(feature.length);
  const id = new Int32Array(feature.length);
  for (let index = 0; index < treeCount; index++)
    for (let at = treeStart[index]; at < treeStart[index + 1]; at++) {
      tree[at] = index;
      id[at] = at - treeStart[index];
    }
  return { tree, id };
}

/** The attributes of a TreeEnsembleRegressor that say how its nodes split. */
export function nodeAttributes(trees: EnsembleTrees, { tree, id }: NodePlaces) {
  const { feature, left } = trees;
  const isSplit = (at: number) => feature[at] >= 0;
  return {
    nodes_treeids: { ints: tree },
    nodes_nodeids: { ints: id },
    nodes_featureids: { ints: feature.map((index) => Math.max(index, 0)) },
    nodes_modes: { texts: Array.from(feature, (index) => (index < 0 ? "LEAF" : "BRANCH_LEQ")) },
    nodes_values: { floats: trees.threshold },
    nodes_truenodeids: { ints: left.map((child, at) => (isSplit(at) ? id[child] : 0)) },
    nodes_falsenodeids: { ints: left.map((child, at) => (isSplit(at) ? id[child] + 1 : 0)) },
    nodes_missing_value_tracks_true: { ints: trees.missingLeft },
  };
}
