/** The kernel of rows with all rows, and with themselves. */
export interface KernelMatrix {
  row(index: number): Float32Array;
  diagonal: Float64Array;
}

export interface SmoProblem {
  kernel: KernelMatrix;
  /** 1 or -1 per row */
  signs: Float64Array;
  /** the most a row's multiplier can be, C times its weight; positive */
  limits: Float64Array;
  /** done when no pair of rows violates the optimality conditions by more */
  tolerance: number;
  maxIterations: number;
}

/** score(x) = the sum of coefficients[row] x kernel(x, row) + intercept; a coefficient is sign x multiplier. */
export interface SmoSolution {
  coefficients: Float64Array;
  intercept: number;
  iterations: number;
  converged: boolean;
}

/** curvature of a pair whose rows are equal */
const leastCurvature = 1e-12;

/**
 * Solves the dual of the support vector machine with hinge loss by sequential minimal optimisation, each pair chosen by
 * second-order information (Fan, Chen and Lin 2005, "Working set selection using second order information for training
 * SVM"), as LIBSVM does. Of rows of one sign alone nothing is learned: every score is that sign.
 */
export function solveSmo({ kernel, signs, limits, tolerance, maxIterations }: SmoProblem): SmoSolution {
  const coefficients = new Float64Array(signs.length);
  if (signs.every((sign) => sign === signs[0]))
    return { coefficients, intercept: signs[0], iterations: 0, converged: true };
  const lows = signs.map((sign, row) => (sign > 0 ? 0 : -limits[row]));
  const highs = signs.map((sign, row) => (sign > 0 ? limits[row] : 0));
  // score without intercept, less the sign: the derivative of the dual by the coefficient
  const slopes = signs.map((sign) => -sign);
  let iterations = 0;
  let converged = false;
  let rising = lowestSlope(slopes, coefficients, highs);
  while (iterations < maxIterations) {
    const rowOfRising = kernel.row(rising);
    const pair = bestPartner(rising, rowOfRising, kernel.diagonal, slopes, coefficients, lows);
    converged = pair.violation < tolerance;
    if (converged || pair.falling < 0) break;
    const { falling } = pair;
    const curvature = kernel.diagonal[rising] + kernel.diagonal[falling] - 2 * rowOfRising[falling];
    const wanted = (slopes[falling] - slopes[rising]) / Math.max(curvature, leastCurvature);
    const [roomUp, roomDown] = [highs[rising] - coefficients[rising], coefficients[falling] - lows[falling]];
    const change = Math.min(wanted, roomUp, roomDown);
    coefficients[rising] = change === roomUp ? highs[rising] : coefficients[rising] + change;
    coefficients[falling] = change === roomDown ? lows[falling] : coefficients[falling] - change;
    addDifference(slopes, rowOfRising, kernel.row(falling), change);
    rising = lowestSlope(slopes, coefficients, highs);
    iterations++;
  }
  return { coefficients, intercept: -threshold(slopes, coefficients, lows, highs), iterations, converged };
}

/** The row that gains most by a higher coefficient. */
function lowestSlope(slopes: Float64Array, coefficients: Float64Array, highs: Float64Array): number {
  let best = -1;
  let lowest = Number.POSITIVE_INFINITY;
  for (let row = 0; row < slopes.length; row++) {
    if (slopes[row] <= lowest && coefficients[row] < highs[row]) {
      lowest = slopes[row];
      best = row;
    }
  }
  return best;
}

/** The row whose lower coefficient, beside a higher one of `rising`, lowers the dual most; -1 when none does. */
function bestPartner(
  rising: number,
  rowOfRising: Float32Array,
  diagonal: Float64Array,
  slopes: Float64Array,
  coefficients: Float64Array,
  lows: Float64Array,
): { falling: number; violation: number } {
  const slope = slopes[rising];
  const own = diagonal[rising];
  let highest = Number.NEGATIVE_INFINITY;
  let falling = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < slopes.length; row++) {
    if (!(coefficients[row] > lows[row])) continue;
    const difference = slopes[row] - slope;
    if (slopes[row] > highest) highest = slopes[row];
    if (!(difference > 0)) continue;
    const curvature = own + diagonal[row] - 2 * rowOfRising[row];
    const gain = (difference * difference) / (curvature > 0 ? curvature : leastCurvature);
    if (gain >= most) {
      most = gain;
      falling = row;
    }
  }
  return { falling, violation: highest - slope };
}

function addDifference(slopes: Float64Array, rising: Float32Array, falling: Float32Array, change: number): void {
  for (let row = 0; row < slopes.length; row++) slopes[row] += change * (rising[row] - falling[row]);
}

/** Mean slope of the rows between their limits; without such rows the middle of what the others allow. */
function threshold(slopes: Float64Array, coefficients: Float64Array, lows: Float64Array, highs: Float64Array): number {
  let [sum, count] = [0, 0];
  let [above, below] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < slopes.length; row++) {
    const atLow = !(coefficients[row] > lows[row]);
    const atHigh = !(coefficients[row] < highs[row]);
    if (!atLow && !atHigh) {
      sum += slopes[row];
      count++;
    } else if (atLow) above = Math.min(above, slopes[row]);
    else below = Math.max(below, slopes[row]);
  }
  return count > 0 ? sum / count : (above + below) / 2;
}
