import { RandomStream } from "../../math/randomStream";
import { binColumns } from "./binnedColumns";
import { leastLeafHessian } from "./cutFinder";
import type { Loss } from "./loss";
import { packDerivatives, type RowDerivatives } from "./packedDerivatives";
import { type RegressionTree, singleLeaf } from "./regressionTree";
import { type GrowthSettings, TreeGrower } from "./treeGrower";

export interface RoundSettings extends GrowthSettings {
  learningRate: number;
  /** share of the columns drawn for each tree */
  featureShare: number;
}

/** Boosts on the rows of `columns` (NaN where missing), round by round. */
export class BoostingRounds {
  private readonly grower: TreeGrower;
  private readonly packed: Float64Array;
  private readonly derivatives: RowDerivatives;
  /** undefined when every row weighs 1 */
  private readonly weights: Float64Array | undefined;
  /** output x row */
  private readonly scores: Float64Array;
  private grown = 0;

  constructor(
    private readonly columns: readonly Float32Array[],
    private readonly rowCount: number,
    private readonly loss: Loss,
    weights: Float64Array,
    private readonly settings: RoundSettings,
    private readonly seed: number,
  ) {
    this.grower = new TreeGrower(binColumns(columns, rowCount), settings);
    this.packed = new Float64Array(rowCount);
    this.weights = weights.every((weight) => weight === 1) ? undefined : weights;
    this.derivatives = {
      gradient: new Float32Array(rowCount),
      hessian: new Float32Array(rowCount),
      largestHessian: loss.largestHessian * weights.reduce((most, weight) => Math.max(most, weight), 0),
    };
    this.scores = new Float64Array(rowCount * loss.outputCount);
    for (let output = 0; output < loss.outputCount; output++)
      this.scores.fill(loss.base[output], output * rowCount, (output + 1) * rowCount);
  }

  /** The next round's trees, one per output; undefined when no column helps any further. */
  next(): RegressionTree[] | undefined {
    const { loss, scores } = this;
    loss.prepare(scores);
    const trees: RegressionTree[] = [];
    for (let output = 0; output < loss.outputCount; output++) trees.push(this.nextTree(output));
    const hasSplit = trees.some(({ feature }) => feature.length > 1);
    return hasSplit || this.settings.featureShare < 1 ? trees : undefined;
  }

  private nextTree(output: number): RegressionTree {
    const { derivatives, packed, scores, rowCount, settings } = this;
    const random = new RandomStream(this.seed, this.grown++);
    const columns = drawColumns(this.columns.length, settings.featureShare, random);
    this.loss.derive(output, scores, derivatives);
    if (this.weights) weigh(derivatives, this.weights);
    const scale = packDerivatives(derivatives, random.next(), packed);
    if (scale === undefined) return singleLeaf();
    const own = scores.subarray(output * rowCount, (output + 1) * rowCount);
    return this.grower.grow(packed, scale, columns, (rows) => {
      const value = leafValue(derivatives, rows, settings);
      addValue(own, rows, value);
      return value;
    });
  }
}

/** So many columns of `count` in random order, then ascending. */
function drawColumns(count: number, share: number, random: RandomStream): number[] {
  const all = Array.from({ length: count }, (_, column) => column);
  const wanted = Math.max(1, Math.round(share * count));
  for (let at = 0; at < wanted && wanted < count; at++) {
    const pick = at + random.below(count - at);
    [all[at], all[pick]] = [all[pick], all[at]];
  }
  return all.slice(0, wanted).sort((a, b) => a - b);
}

function weigh({ gradient, hessian }: RowDerivatives, weights: Float64Array): void {
  for (let row = 0; row < weights.length; row++) {
    gradient[row] *= weights[row];
    hessian[row] *= weights[row];
  }
}

/**
 * The step of the leaf, from the exact derivatives of its rows: the rounding of the packed ones does not enter. Rows
 * that are all but sure may have no hessian at all, which without l2 would be an infinite step.
 */
function leafValue(
  { gradient, hessian }: RowDerivatives,
  rows: Int32Array,
  { l2, learningRate }: RoundSettings,
): number {
  return (-learningRate * sumOver(gradient, rows)) / Math.max(sumOver(hessian, rows) + l2, leastLeafHessian);
}

/**
 * One sum per loop and nothing after it: the engine compiles such a loop while it runs, and throws away what it then
 * sees for the first time.
 */
function sumOver(values: Float32Array, rows: Int32Array): number {
  let sum = 0;
  for (let at = 0; at < rows.length; at++) sum += values[rows[at]];
  return sum;
}

function addValue(scores: Float64Array, rows: Int32Array, value: number): void {
  for (let at = 0; at < rows.length; at++) scores[rows[at]] += value;
}
