import type { RowDerivatives } from "./boostLanes";
import type { TrainingTarget } from "./trainer";

/** A loss over scores, which are output x row. */
export interface BoostLoss {
  /** trees a round: one a score */
  outputCount: number;
  /** the constant score of every output that is best without features */
  base: Float64Array;
  /** Called once a round, before `derive`. */
  prepare(scores: Float64Array): void;
  /** Writes the weighted first and second derivatives of the loss by the score `output` of each row. */
  derive(output: number, scores: Float64Array, derivatives: RowDerivatives): void;
  /** Weighted mean loss. */
  mean(scores: Float64Array): number;
}

/** Squared error for numbers, log loss for classes: of the positive class with two classes, by softmax with more. */
export function boostLoss(target: TrainingTarget, weights: Float64Array, positiveIndex: number): BoostLoss {
  if (target.task === "regression") return new SquaredError(target.values, weights);
  const { classes, codes } = target;
  if (classes.length > 2) return new Softmax(codes, classes.length, weights);
  return new Logistic(
    Uint8Array.from(codes, (code) => (code === positiveIndex ? 1 : 0)),
    weights,
  );
}

class SquaredError implements BoostLoss {
  readonly outputCount = 1;
  readonly base: Float64Array;

  constructor(
    private readonly values: Float64Array,
    private readonly weights: Float64Array,
  ) {
    let sum = 0;
    for (let row = 0; row < values.length; row++) sum += weights[row] * values[row];
    this.base = Float64Array.of(sum / total(weights));
  }

  prepare(): void {}

  derive(_output: number, scores: Float64Array, { gradient, hessian }: RowDerivatives): void {
    const { values, weights } = this;
    for (let row = 0; row < values.length; row++) {
      gradient[row] = weights[row] * (scores[row] - values[row]);
      hessian[row] = weights[row];
    }
  }

  mean(scores: Float64Array): number {
    let sum = 0;
    for (let row = 0; row < scores.length; row++) sum += this.weights[row] * (scores[row] - this.values[row]) ** 2;
    return sum / total(this.weights);
  }
}

class Logistic implements BoostLoss {
  readonly outputCount = 1;
  readonly base: Float64Array;

  constructor(
    private readonly positive: Uint8Array,
    private readonly weights: Float64Array,
  ) {
    const [no, yes] = classWeights(positive, 2, weights);
    this.base = Float64Array.of(Math.log(yes / no));
  }

  prepare(): void {}

  derive(_output: number, scores: Float64Array, { gradient, hessian }: RowDerivatives): void {
    const { positive, weights } = this;
    for (let row = 0; row < positive.length; row++) {
      const p = sigmoid(scores[row]);
      const weight = weights[row];
      gradient[row] = weight * (p - positive[row]);
      hessian[row] = weight * p * (1 - p);
    }
  }

  mean(scores: Float64Array): number {
    let sum = 0;
    for (let row = 0; row < scores.length; row++) {
      const towards = this.positive[row] === 1 ? -scores[row] : scores[row];
      sum += this.weights[row] * (Math.max(towards, 0) + Math.log1p(Math.exp(-Math.abs(towards))));
    }
    return sum / total(this.weights);
  }
}

class Softmax implements BoostLoss {
  readonly base: Float64Array;
  private readonly probabilities: Float64Array;

  constructor(
    private readonly codes: Int32Array,
    readonly outputCount: number,
    private readonly weights: Float64Array,
  ) {
    const sums = classWeights(codes, outputCount, weights);
    const sum = total(weights);
    // a class without rows counts as half a row
    this.base = sums.map((weight) => Math.log(Math.max(weight, 0.5) / sum));
    this.probabilities = new Float64Array(codes.length * outputCount);
  }

  prepare(scores: Float64Array): void {
    const { probabilities, outputCount } = this;
    const rows = this.codes.length;
    for (let row = 0; row < rows; row++) {
      let peak = scores[row];
      for (let at = row + rows; at < scores.length; at += rows) peak = Math.max(peak, scores[at]);
      let sum = 0;
      for (let at = row; at < scores.length; at += rows) sum += probabilities[at] = Math.exp(scores[at] - peak);
      for (let k = 0; k < outputCount; k++) probabilities[k * rows + row] /= sum;
    }
  }

  /** With the factor k / (k - 1) on the second derivatives that LightGBM takes from Friedman (2001). */
  derive(output: number, _scores: Float64Array, { gradient, hessian }: RowDerivatives): void {
    const { codes, weights, probabilities, outputCount } = this;
    const factor = outputCount / (outputCount - 1);
    const from = output * codes.length;
    for (let row = 0; row < codes.length; row++) {
      const p = probabilities[from + row];
      const weight = weights[row];
      gradient[row] = weight * (p - (codes[row] === output ? 1 : 0));
      hessian[row] = factor * weight * p * (1 - p);
    }
  }

  mean(scores: Float64Array): number {
    this.prepare(scores);
    const { codes, weights, probabilities } = this;
    let sum = 0;
    for (let row = 0; row < codes.length; row++)
      sum -= weights[row] * Math.log(Math.max(probabilities[codes[row] * codes.length + row], Number.MIN_VALUE));
    return sum / total(weights);
  }
}

function total(weights: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < weights.length; row++) sum += weights[row];
  return sum;
}

function classWeights(codes: Uint8Array | Int32Array, classCount: number, weights: Float64Array): Float64Array {
  const sums = new Float64Array(classCount);
  for (let row = 0; row < codes.length; row++) sums[codes[row]] += weights[row];
  return sums;
}

const reach = 20;
const steps = 64;
const table = Float64Array.from({ length: 2 * reach * steps + 2 }, (_, at) => 1 / (1 + Math.exp(reach - at / steps)));

/** The logistic function by linear interpolation, off by at most 3e-6: less time than Math.exp, and gradients need no more. */
function sigmoid(score: number): number {
  const place = ((score < -reach ? -reach : score > reach ? reach : score) + reach) * steps;
  const at = place | 0;
  const low = table[at];
  return low + (place - at) * (table[at + 1] - low);
}
