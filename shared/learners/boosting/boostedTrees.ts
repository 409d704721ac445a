import type { EnsembleTrees } from "../graph/ensembleNodes";
import type { Loss } from "./loss";
import { type RegressionTree, singleLeaf } from "./regressionTree";

/**
 * Boosted trees whose sums are exact in float32, in any order: every number is a whole multiple of one power of two.
 */
export interface BoostedTrees extends EnsembleTrees {
  outputCount: number;
  /** tree t belongs to output t % outputCount; node: multiples of `unit` that a leaf adds */
  leafValues: Int32Array;
  /** per output: multiples of `unit` */
  base: Int32Array;
  unit: number;
}

/**
 * Joins rounds of trees (one per output) into a model of the loss's answers; all sums stay within 2^24 units, where
 * float32 holds every integer exactly.
 */
export function joinTrees(rounds: readonly RegressionTree[][], loss: Loss): BoostedTrees {
  const base = loss.base.map((score) => loss.centre + loss.unit * score);
  // an ensemble has at least one tree
  const kept = rounds.length > 0 ? rounds : [Array.from(base, singleLeaf)];
  const trees = kept.flat();
  const unit = commonUnit(kept, base, loss.unit);
  const steps = ({ value }: RegressionTree) => value.map((score) => Math.round((score * loss.unit) / unit));
  return {
    ...flattenTrees(trees),
    outputCount: base.length,
    leafValues: Int32Array.from(trees.flatMap(steps)),
    base: Int32Array.from(base, (value) => Math.round(value / unit)),
    unit,
  };
}

/** The nodes of `trees` in flat arrays. */
export function flattenTrees(trees: readonly RegressionTree[]): EnsembleTrees {
  const treeStart = new Int32Array(trees.length + 1);
  for (const [index, tree] of trees.entries()) treeStart[index + 1] = treeStart[index] + tree.feature.length;
  return {
    treeCount: trees.length,
    treeStart,
    feature: Int32Array.from(trees.flatMap(({ feature }) => feature)),
    threshold: Float32Array.from(trees.flatMap(({ threshold }) => threshold)),
    missingLeft: Uint8Array.from(trees.flatMap(({ missingLeft }) => missingLeft.map(Number))),
    left: Int32Array.from(trees.flatMap(({ left }, tree) => left.map((child) => treeStart[tree] + child))),
  };
}

/** The smallest power of two of which the largest possible sum of any output is at most 2^24, rounding included. */
function commonUnit(rounds: readonly RegressionTree[][], base: Float64Array, scale: number): number {
  let reach = 0;
  for (const [output, start] of base.entries()) {
    let sum = Math.abs(start);
    for (const trees of rounds)
      sum += scale * trees[output].value.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    reach = Math.max(reach, sum);
  }
  const room = 2 ** 24 - rounds.length - 1;
  // float32 has no smaller step than 2^-149
  return reach === 0 ? 1 : 2 ** Math.max(-149, Math.ceil(Math.log2(reach / room)));
}
