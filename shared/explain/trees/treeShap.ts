import { meanOf, type NumberRows } from "../model/numberRows";
import { rawScores, type TreeEnsemble, takesTrue } from "./treeEnsemble";

export interface TreeShapProblem {
  ensemble: TreeEnsemble;
  /** what is explained: the sum of the ensemble's outputs, each times its weight */
  weights: ArrayLike<number>;
  /**
   * the feature that each column of the ensemble's input is computed from, -1 for a constant; columns of one feature
   * change together
   */
  featureOf: ArrayLike<number>;
  featureCount: number;
  background: NumberRows;
}

/**
 * Exact Shapley values of an ensemble's raw score with the background as the distribution of absent features
 * (interventional TreeSHAP): a row's values add up to its score minus the mean score of the background. For each pair
 * of a row and a background row, one walk visits only the branches that either takes, and weights a leaf by the
 * coalitions that reach it. Source: S. Lundberg et al., "From local explanations to global understanding with
 * explainable AI for trees", Nature Machine Intelligence 2, 2020, supplement, "independent" (interventional) TreeSHAP.
 *
 * Why not the path-dependent variant: it needs the row count of each node, which ONNX does not store, and a sample
 * small enough to keep leaves most nodes of a forest without rows. This variant needs no counts, credits no feature
 * that the model does not use, and explains the same game as the exact and sampled Shapley values of other models, so
 * that results can be compared.
 */
export class TreeShap {
  /** the mean score of the background */
  readonly baseValue: number;
  private readonly leaves: Float64Array;
  /** (u - 1)! v! / (u + v)! at u * side + v */
  private readonly shares: Float64Array;
  private readonly side: number;
  /** by feature: 0 undecided, 1 as in the row, 2 as in the background row */
  private readonly taken: Uint8Array;
  private row = new Float64Array(0);
  private reference = new Float64Array(0);
  private values = new Float64Array(0);
  private gained = 0;
  private lost = 0;

  constructor(private readonly problem: TreeShapProblem) {
    const { ensemble, weights, background, featureCount } = problem;
    const { leafValues, depth } = ensemble;
    this.leaves = weighted(leafValues, weights);
    this.side = Math.min(depth, featureCount) + 1;
    this.shares = coalitionShares(this.side);
    this.taken = new Uint8Array(featureCount);
    this.baseValue = meanOf(weighted(rawScores(ensemble, background), weights));
  }

  /** One value per feature for row `index` of `rows` (with the background's columns). */
  explain(rows: NumberRows, index: number): Float64Array {
    const parts = this.explainInParts(rows, index, this.problem.background.rowCount);
    for (let part = parts.next(); ; part = parts.next()) if (part.done) return part.value;
  }

  /** The same in pieces of `stepRows` background rows, for callers that serve others in between; one row at a time. */
  *explainInParts(rows: NumberRows, index: number, stepRows: number): Generator<void, Float64Array> {
    const { background, ensemble, featureCount } = this.problem;
    const { width } = background;
    this.values = new Float64Array(featureCount);
    this.row = rows.cells.subarray(index * width, (index + 1) * width) as Float64Array<ArrayBuffer>;
    for (let at = 0; at < background.rowCount; at++) {
      this.reference = background.cells.subarray(at * width, (at + 1) * width) as Float64Array<ArrayBuffer>;
      for (let tree = 0; tree < ensemble.roots.length; tree++) this.walk(ensemble.roots[tree], 0, 0);
      if ((at + 1) % stepRows === 0) yield;
    }
    return this.values.map((value) => value / background.rowCount);
  }

  /**
   * Visits what a mixture of the two rows can reach below `node`; on the way, `own` features have the row's value and
   * `other` features the background row's. Stores in `gained` what the leaves below add for each own feature, and in
   * `lost` what they cost each other feature.
   */
  private walk(node: number, own: number, other: number): void {
    const { ensemble, featureOf } = this.problem;
    const column = ensemble.feature[node];
    if (column < 0) {
      const value = this.leaves[node];
      this.gained = own > 0 ? value * this.shares[own * this.side + other] : 0;
      this.lost = other > 0 ? value * this.shares[other * this.side + own] : 0;
      return;
    }
    const isTrue = takesTrue(ensemble, node, this.row[column]);
    const rowChild = isTrue ? ensemble.trueChild[node] : ensemble.falseChild[node];
    if (isTrue === takesTrue(ensemble, node, this.reference[column])) {
      this.walk(rowChild, own, other);
      return;
    }
    const referenceChild = isTrue ? ensemble.falseChild[node] : ensemble.trueChild[node];
    const feature = featureOf[column];
    const decided = this.taken[feature];
    if (decided === 1) this.walk(rowChild, own, other);
    else if (decided === 2) this.walk(referenceChild, own, other);
    else this.branch(feature, rowChild, referenceChild, own, other);
  }

  private branch(feature: number, rowChild: number, referenceChild: number, own: number, other: number): void {
    this.taken[feature] = 1;
    this.walk(rowChild, own + 1, other);
    const { gained, lost } = this;
    this.taken[feature] = 2;
    this.walk(referenceChild, own, other + 1);
    this.taken[feature] = 0;
    this.values[feature] += gained - this.lost;
    this.gained += gained;
    this.lost += lost;
  }
}

/**
 * (u - 1)! v! / (u + v)! for u >= 1: the share of the orders in which one of u features comes last among them and
 * before the v others.
 */
function coalitionShares(side: number): Float64Array {
  const shares = new Float64Array(side * side);
  for (let u = 1; u < side; u++) {
    shares[u * side] = 1 / u;
    for (let v = 1; v < side; v++) shares[u * side + v] = (shares[u * side + v - 1] * v) / (u + v);
  }
  return shares;
}

/** Rows x outputs as one number per row: the weighted sum of the outputs. */
function weighted(values: Float64Array, weights: ArrayLike<number>): Float64Array {
  const width = weights.length;
  const sums = new Float64Array(values.length / width);
  for (let at = 0; at < values.length; at++) sums[Math.floor(at / width)] += weights[at % width] * values[at];
  return sums;
}
