/** The sigmoid p = 1 / (1 + exp(a x score + b)); `a` is negative where higher scores speak for the positive class. */
export interface Sigmoid {
  a: number;
  b: number;
}

const maxIterations = 100;
/** keeps the Hessian invertible */
const ridge = 1e-12;
const gradientTolerance = 1e-5;

/**
 * Fits Platt's sigmoid to scores the model gave to rows it was not fitted on, by Newton's method (Lin, Lin and Weng 2007, "A note on
 * Platt's probabilistic outputs for support vector machines", algorithm 1); a row of weight w counts as w rows, 1 without weights.
 * `positive` is 1 where a row is of the positive class; all three have one entry a row.
 */
export function fitPlatt(scores: Float64Array, positive: Uint8Array, weights?: Float64Array): Sigmoid {
  const problem = plattProblem(scores, positive, weights);
  let at: Position = { a: 0, b: Math.log((problem.negatives + 1) / (problem.positives + 1)), loss: 0 };
  at.loss = crossEntropy(problem, at);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const step = newtonStep(problem, at);
    if (step === undefined) break;
    const next = lineSearch(problem, at, step);
    if (next === undefined) break; // no lower loss within float64: this is as good as it gets
    at = next;
  }
  return { a: at.a, b: at.b };
}

/** The probability the sigmoid gives a score, without overflow. */
export function plattProbability({ a, b }: Sigmoid, score: number): number {
  const exponent = a * score + b;
  const small = Math.exp(-Math.abs(exponent));
  return exponent >= 0 ? small / (1 + small) : 1 / (1 + small);
}

interface PlattProblem {
  scores: Float64Array;
  weights: Float64Array;
  /** what the probability of each row should be: a little inside 0 and 1 */
  targets: Float64Array;
  positives: number;
  negatives: number;
}

interface Position extends Sigmoid {
  loss: number;
}

interface Step extends Sigmoid {
  /** derivative of the loss along the step; negative */
  slope: number;
}

function plattProblem(scores: Float64Array, positive: Uint8Array, given?: Float64Array): PlattProblem {
  const weights = given ?? new Float64Array(scores.length).fill(1);
  let positives = 0;
  let negatives = 0;
  for (let row = 0; row < scores.length; row++) {
    if (positive[row] === 1) positives += weights[row];
    else negatives += weights[row];
  }
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (negatives + 2);
  const targets = Float64Array.from(positive, (is) => (is === 1 ? high : low));
  return { scores, weights, targets, positives, negatives };
}

function crossEntropy({ scores, weights, targets }: PlattProblem, { a, b }: Sigmoid): number {
  let loss = 0;
  for (let row = 0; row < scores.length; row++) {
    const exponent = a * scores[row] + b;
    const rest = exponent >= 0 ? targets[row] * exponent : (targets[row] - 1) * exponent;
    loss += weights[row] * (rest + Math.log1p(Math.exp(-Math.abs(exponent))));
  }
  return loss;
}

/** The Newton step at `at`; undefined where the gradient vanishes. */
function newtonStep({ scores, weights, targets }: PlattProblem, at: Sigmoid): Step | undefined {
  let [aa, bb, ab, gradientA, gradientB] = [ridge, ridge, 0, 0, 0];
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row];
    const p = plattProbability(at, score);
    const curvature = weights[row] * p * (1 - p);
    aa += score * score * curvature;
    bb += curvature;
    ab += score * curvature;
    const pull = weights[row] * (targets[row] - p);
    gradientA += score * pull;
    gradientB += pull;
  }
  if (Math.abs(gradientA) < gradientTolerance && Math.abs(gradientB) < gradientTolerance) return undefined;
  const determinant = aa * bb - ab * ab;
  const a = -(bb * gradientA - ab * gradientB) / determinant;
  const b = -(aa * gradientB - ab * gradientA) / determinant;
  return { a, b, slope: gradientA * a + gradientB * b };
}

function lineSearch(problem: PlattProblem, at: Position, step: Step): Position | undefined {
  for (let scale = 1; scale >= 1e-10; scale /= 2) {
    const next = { a: at.a + scale * step.a, b: at.b + scale * step.b, loss: 0 };
    next.loss = crossEntropy(problem, next);
    if (next.loss < at.loss + 1e-4 * scale * step.slope) return next;
  }
  return undefined;
}
