import type { SolveMachine } from "./oneVsRest";

/** The columns a linear scorer sees, whatever they are made of: z(row) . point is the score of a row. */
export interface HingeDesign {
  rowCount: number;
  /** length of a point */
  size: number;
  /** Writes the scores of `rows` to `scores`, at the rows' own places. */
  score(rows: Int32Array, point: Float64Array, scores: Float64Array): void;
  /** The sum of factors[row] x z(row) over `rows`. */
  combine(rows: Int32Array, factors: Float64Array): Float64Array;
  /** The sum of factors[row] x (z(row) . direction) x z(row) over `rows`. */
  bend(rows: Int32Array, factors: Float64Array, direction: Float64Array): Float64Array;
  /**
   * An approximation of the inverse of 1 + the sum of factors[row] x z(row) z(row)ᵀ over `rows`, as a function of a
   * vector.
   */
  inverse(rows: Int32Array, factors: Float64Array): (vector: Float64Array) => Float64Array;
}

export interface HingeProblem {
  design: HingeDesign;
  /** 1 or -1 per row */
  signs: Float64Array;
  /** the penalty of each row, C times its weight; 0 leaves the row out */
  penalties: Float64Array;
  /** done when the gradient has shrunk to this share of what it is at zero */
  tolerance: number;
}

export interface HingeFit {
  point: Float64Array;
  /** of every row, also of those left out */
  scores: Float64Array;
  iterations: number;
  converged: boolean;
}

/** Fits machines to a design, one for each set of signs and weights; a row's penalty is `c` times its weight. */
export function squaredHingeSolver(design: HingeDesign, c: number, tolerance: number): SolveMachine<HingeFit> {
  return (signs, weights) => {
    const penalties = weights.map((weight) => c * weight);
    const solution = minimizeSquaredHinge({ design, signs, penalties, tolerance });
    return { solution, scores: solution.scores };
  };
}

const maxNewtonSteps = 50;
const maxInnerSteps = 100;

/**
 * Minimises point² / 2 + the sum of penalties[row] x max(0, 1 - sign x score)², by Newton's method on the rows within
 * the margin with preconditioned conjugate gradients inside (Keerthi and DeCoste 2005, "A modified finite Newton method
 * for fast solution of large scale linear SVMs") and an exact line search.
 */
export function minimizeSquaredHinge({ design, signs, penalties, tolerance }: HingeProblem): HingeFit {
  const all = Int32Array.from(penalties.keys());
  const learning = all.filter((row) => penalties[row] > 0);
  const factors = penalties.map((penalty) => 2 * penalty);
  const scores = new Float64Array(design.rowCount);
  const slopes = new Float64Array(design.rowCount);
  const gradientAt = (point: Float64Array, rows: Int32Array): Float64Array => {
    for (const row of rows) slopes[row] = factors[row] * (scores[row] - signs[row]);
    const gradient = design.combine(rows, slopes);
    for (let k = 0; k < gradient.length; k++) gradient[k] += point[k];
    return gradient;
  };
  const point = new Float64Array(design.size);
  const goal = tolerance * norm(gradientAt(point, learning));
  const steps = new Float64Array(design.rowCount);
  let iterations = 0;
  let converged = false;
  while (iterations < maxNewtonSteps) {
    const active = learning.filter((row) => signs[row] * scores[row] < 1);
    const gradient = gradientAt(point, active);
    const size = norm(gradient);
    converged = size <= goal;
    if (converged) break;
    const direction = newtonDirection(design, active, factors, gradient, Math.max(0.3 * goal, 0.03 * size));
    design.score(learning, direction, steps);
    const scale = exactStep(point, direction, { rows: learning, scores, steps, signs, factors });
    if (scale === 0) break; // no lower value within float64: this is as good as it gets
    for (let k = 0; k < point.length; k++) point[k] += scale * direction[k];
    for (const row of learning) scores[row] += scale * steps[row];
    iterations++;
  }
  design.score(all, point, scores);
  return { point, scores, iterations, converged };
}

/**
 * Conjugate gradients on (1 + the curvature of the active rows) direction = -gradient, until the residual is at most
 * `enough`.
 */
function newtonDirection(
  design: HingeDesign,
  active: Int32Array,
  factors: Float64Array,
  gradient: Float64Array,
  enough: number,
): Float64Array {
  const precondition = design.inverse(active, factors);
  const direction = new Float64Array(gradient.length);
  const residual = gradient.map((component) => -component);
  let conditioned = precondition(residual);
  const search = conditioned.slice();
  let product = dot(residual, conditioned);
  for (let step = 0; step < maxInnerSteps && norm(residual) > enough; step++) {
    const bent = design.bend(active, factors, search);
    for (let k = 0; k < bent.length; k++) bent[k] += search[k];
    const scale = product / dot(search, bent);
    for (let k = 0; k < bent.length; k++) {
      direction[k] += scale * search[k];
      residual[k] -= scale * bent[k];
    }
    conditioned = precondition(residual);
    const next = dot(residual, conditioned);
    for (let k = 0; k < bent.length; k++) search[k] = conditioned[k] + (next / product) * search[k];
    product = next;
  }
  return direction;
}

interface Line {
  rows: Int32Array;
  scores: Float64Array;
  /** change of the scores along the whole direction */
  steps: Float64Array;
  signs: Float64Array;
  factors: Float64Array;
}

/**
 * The share of the direction at which the objective is least: its derivative is piecewise linear and rising, so
 * Newton's method within a bracket finds the root.
 */
function exactStep(point: Float64Array, direction: Float64Array, line: Line): number {
  const [linear, square] = [dot(point, direction), dot(direction, direction)];
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  let scale = 1;
  for (let attempt = 0; attempt < 60; attempt++) {
    const { rise, bend } = slopeAt(line, scale);
    const derivative = linear + scale * square + rise;
    if (derivative > 0) high = scale;
    else low = scale;
    const next = scale - derivative / (square + bend);
    if (Math.abs(next - scale) <= 1e-9 * scale) break;
    scale = next > low && next < high ? next : (low + Math.min(high, 4 * scale)) / 2;
  }
  return scale;
}

function slopeAt({ rows, scores, steps, signs, factors }: Line, scale: number): { rise: number; bend: number } {
  let rise = 0;
  let bend = 0;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    const score = scores[row] + scale * steps[row];
    if (signs[row] * score >= 1) continue;
    rise += factors[row] * (score - signs[row]) * steps[row];
    bend += factors[row] * steps[row] * steps[row];
  }
  return { rise, bend };
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
