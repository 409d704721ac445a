import type { TrainingTarget } from "../trainer";
import type { RowDerivatives } from "./packedDerivatives";

/** A loss over scores, which are output x row. */
export interface Loss {
  /** trees per round: one per score */
  outputCount: number;
  /** the constant score of every output that is best without features */
  base: Float64Array;
  /** the model's answer is `centre` + `unit` x score: derivatives of any numbers then fit float32 */
  centre: number;
  unit: number;
  /** no row's second derivative, at a weight of 1, is ever larger */
  largestHessian: number;
  /** Called once per round, before `derive`. */
  prepare(scores: Float64Array): void;
  /** Writes the first and second derivatives of each row's loss, at a weight of 1, by its score `output`. */
  derive(output: number, scores: Float64Array, derivatives: RowDerivatives): void;
}

/** Squared error for numbers, log loss for classes: of the positive class with two classes, by softmax with more. */
export function lossFor(target: TrainingTarget, weights: Float64Array, positiveIndex: number): Loss {
  if (target.task === "regression") return new SquaredError(target.values, weights);
  const { classes, codes } = target;
  if (classes.length > 2) return new Softmax(codes, classes.length, weights);
  return new Logistic(
    Uint8Array.from(codes, (code) => (code === positiveIndex ? 1 : 0)),
    weights,
  );
}

class SquaredError implements Loss {
  readonly outputCount = 1;
  readonly base = Float64Array.of(0);
  readonly centre: number;
  /** a power of two of about the largest deviation */
  readonly unit: number;
  readonly largestHessian = 1;
  private readonly values: Float64Array;

  constructor(values: Float64Array, weights: Float64Array) {
    let sum = 0;
    for (let row = 0; row < values.length; row++) sum += weights[row] * values[row];
    this.centre = sum / total(weights);
    const reach = values.reduce((most, value) => Math.max(most, Math.abs(value - this.centre)), 0);
    this.unit = reach > 0 ? 2 ** Math.max(-1000, Math.ceil(Math.log2(reach))) : 1;
    this.values = values.map((value) => (value - this.centre) / this.unit);
  }

  prepare(): void {}

  derive(_output: number, scores: Float64Array, { gradient, hessian }: RowDerivatives): void {
    const { values } = this;
    hessian.fill(1);
    for (let row = 0; row < values.length; row++) gradient[row] = scores[row] - values[row];
  }
}

class Logistic implements Loss {
  readonly centre = 0;
  readonly unit = 1;
  readonly outputCount = 1;
  readonly base: Float64Array;
  readonly largestHessian = 1 / 4;

  constructor(
    private readonly positive: Uint8Array,
    weights: Float64Array,
  ) {
    const [no, yes] = classWeights(positive, 2, weights);
    this.base = Float64Array.of(Math.log(yes / no));
  }

  prepare(): void {}

  derive(_output: number, scores: Float64Array, { gradient, hessian }: RowDerivatives): void {
    const { positive } = this;
    for (let row = 0; row < positive.length; row++) {
      const p = sigmoid(scores[row]);
      gradient[row] = p - positive[row];
      hessian[row] = p * (1 - p);
    }
  }
}

class Softmax implements Loss {
  readonly centre = 0;
  readonly unit = 1;
  readonly base: Float64Array;
  readonly largestHessian: number;
  private readonly probabilities: Float64Array;

  constructor(
    private readonly codes: Int32Array,
    readonly outputCount: number,
    weights: Float64Array,
  ) {
    const sums = classWeights(codes, outputCount, weights);
    const sum = total(weights);
    // a class without rows counts as half a row
    this.base = sums.map((weight) => Math.log(Math.max(weight, 0.5) / sum));
    this.largestHessian = outputCount / (outputCount - 1) / 4;
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
    const { codes, probabilities, outputCount } = this;
    const factor = outputCount / (outputCount - 1);
    const from = output * codes.length;
    for (let row = 0; row < codes.length; row++) {
      const p = probabilities[from + row];
      gradient[row] = p - (codes[row] === output ? 1 : 0);
      hessian[row] = factor * p * (1 - p);
    }
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

/**
 * The logistic function by linear interpolation, off by at most 3e-6: less time than Math.exp, and gradients need no
 * more.
 */
function sigmoid(score: number): number {
  const place = ((score < -reach ? -reach : score > reach ? reach : score) + reach) * steps;
  const at = place | 0;
  const low = table[at];
  return low + (place - at) * (table[at + 1] - low);
}
