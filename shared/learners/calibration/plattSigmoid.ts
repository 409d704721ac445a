/** Probability = 1 / (1 + exp(slope x score + intercept)), as Platt writes it. */
export interface PlattSigmoid {
  slope: number;
  intercept: number;
}

/** The logistic function of -z, without overflow. */
function fromExponent(z: number): number {
  const small = Math.exp(-Math.abs(z));
  return z >= 0 ? small / (1 + small) : 1 / (1 + small);
}

/** The probability at `score`. */
export function plattAt({ slope, intercept }: PlattSigmoid, score: number): number {
  return fromExponent(slope * score + intercept);
}

/**
 * Platt's scaling (1999) with his targets, (n+ + 1) / (n+ + 2) and 1 / (n- + 2), by Newton's method with backtracking
 * as in Lin, Lin and Weng (2007), "A note on Platt's probabilistic outputs"; `positive` is 0 or 1 per row, n are sums
 * of weights.
 */
export function fitPlatt(scores: Float64Array, positive: Uint8Array, weights: Float64Array): PlattSigmoid {
  const sums = [0, 0];
  for (let row = 0; row < scores.length; row++) sums[positive[row]] += weights[row];
  const targets = Float64Array.from(positive, (y) => (y === 1 ? (sums[1] + 1) / (sums[1] + 2) : 1 / (sums[0] + 2)));
  const problem = { scores, targets, weights };
  let point: PlattSigmoid = { slope: 0, intercept: Math.log((sums[0] + 1) / (sums[1] + 1)) };
  let loss = lossAt(problem, point);
  for (let round = 0; round < 100; round++) {
    const { gradient, step } = newtonStep(problem, point);
    if (Math.max(Math.abs(gradient[0]), Math.abs(gradient[1])) < 1e-10 * (sums[0] + sums[1])) break;
    const slopeAlong = gradient[0] * step[0] + gradient[1] * step[1];
    let size = 1;
    for (; size >= 1e-10; size /= 2) {
      const next = { slope: point.slope + size * step[0], intercept: point.intercept + size * step[1] };
      const nextLoss = lossAt(problem, next);
      // near the minimum the gain is lost in the rounding of the loss; a step from scores that differ by rounding alone
      // may be NaN
      if (!(nextLoss <= loss + 1e-4 * size * slopeAlong + 1e-14 * loss)) continue;
      point = next;
      loss = nextLoss;
      break;
    }
    if (size < 1e-10) break;
  }
  return point;
}

interface PlattProblem {
  scores: Float64Array;
  targets: Float64Array;
  weights: Float64Array;
}

function lossAt({ scores, targets, weights }: PlattProblem, { slope, intercept }: PlattSigmoid): number {
  let loss = 0;
  for (let row = 0; row < scores.length; row++) {
    const z = slope * scores[row] + intercept;
    loss += weights[row] * (targets[row] * z + Math.log1p(Math.exp(-Math.abs(z))) + Math.max(-z, 0));
  }
  return loss;
}

function newtonStep({ scores, targets, weights }: PlattProblem, point: PlattSigmoid) {
  // a little on the diagonal keeps the Hessian invertible
  let [h11, h22, h21, g1, g2] = [1e-12, 1e-12, 0, 0, 0];
  for (let row = 0; row < scores.length; row++) {
    const p = plattAt(point, scores[row]);
    const curvature = weights[row] * p * (1 - p);
    const pull = weights[row] * (targets[row] - p);
    h11 += scores[row] * scores[row] * curvature;
    h22 += curvature;
    h21 += scores[row] * curvature;
    g1 += scores[row] * pull;
    g2 += pull;
  }
  const determinant = h11 * h22 - h21 * h21;
  const step = [-(h22 * g1 - h21 * g2) / determinant, -(h11 * g2 - h21 * g1) / determinant];
  return { gradient: [g1, g2], step };
}
