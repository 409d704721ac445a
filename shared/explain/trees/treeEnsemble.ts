import type { NumberRows } from "../model/numberRows";

/** How a node compares a value with its threshold; the order is that of the codes in `TreeEnsemble.mode`. */
export const branchModes = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GT", "BRANCH_GTE", "BRANCH_EQ", "BRANCH_NEQ"] as const;

/** Trees in flat arrays; node indices count over all trees. A row's score is `base` plus one leaf of each tree. */
export interface TreeEnsemble {
  outputCount: number;
  /** first node of each tree */
  roots: Int32Array;
  /** the column that a node compares; -1 marks a leaf */
  feature: Int32Array;
  /** index into `branchModes` */
  mode: Uint8Array;
  threshold: Float64Array;
  /** 1 if a missing value (NaN) takes the true branch, whatever the comparison says */
  missingTrue: Uint8Array;
  trueChild: Int32Array;
  falseChild: Int32Array;
  /** node x output: what a leaf adds to the score; an average is already applied */
  leafValues: Float64Array;
  /** the score without any tree */
  base: Float64Array;
  /** most splits between a root and a leaf */
  depth: number;
}

/** Whether `value` takes the true branch of `node`: the comparison as ONNX Runtime does it, including NaN. */
export function takesTrue(ensemble: TreeEnsemble, node: number, value: number): boolean {
  const threshold = ensemble.threshold[node];
  if (Number.isNaN(value) && ensemble.missingTrue[node] === 1) return true;
  switch (ensemble.mode[node]) {
    case 0:
      return value <= threshold;
    case 1:
      return value < threshold;
    case 2:
      return value > threshold;
    case 3:
      return value >= threshold;
    case 4:
      return value === threshold;
    default:
      return value !== threshold;
  }
}

/** The scores of every row before any transformation: rows x outputs, row-major. */
export function rawScores(ensemble: TreeEnsemble, rows: NumberRows): Float64Array {
  const { outputCount, roots, feature, trueChild, falseChild, leafValues, base } = ensemble;
  const scores = new Float64Array(rows.rowCount * outputCount);
  for (let row = 0; row < rows.rowCount; row++) {
    scores.set(base, row * outputCount);
    for (let tree = 0; tree < roots.length; tree++) {
      let node = roots[tree];
      while (feature[node] >= 0) {
        const value = rows.cells[row * rows.width + feature[node]];
        node = takesTrue(ensemble, node, value) ? trueChild[node] : falseChild[node];
      }
      for (let output = 0; output < outputCount; output++)
        scores[row * outputCount + output] += leafValues[node * outputCount + output];
    }
  }
  return scores;
}
