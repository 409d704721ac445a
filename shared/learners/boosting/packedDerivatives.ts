/** A gradient of 1 where it is packed; a sum of hessians stays below it. */
export const gradientUnit = 2 ** 26;

/** First and second derivative of the loss by the score, per row. */
export interface RowDerivatives {
  /** no hessian is larger */
  largestHessian: number;
  gradient: Float32Array;
  hessian: Float32Array;
}

/** What a quantisation did: a packed hessian is so many times the real one. */
export interface PackedScale {
  hessianScale: number;
  /** no row's hessian is larger, in packed units */
  largestHessian: number;
  /** sum of all rows */
  sum: number;
}

/**
 * Packs gradient and hessian of each row into ONE integer-valued float64, g x 2^26 + h, so that a histogram has one
 * number per bin and its sums are exact. The units are as fine as the sums allow; rounding is stochastic, hence without
 * bias (Shi et al., "Quantized training of gradient boosting decision trees", NeurIPS 2022). Undefined when every
 * gradient is 0: there is nothing left to learn.
 */
export function packDerivatives(
  { gradient, hessian, largestHessian }: RowDerivatives,
  state: number,
  packed: Float64Array,
): PackedScale | undefined {
  const rows = packed.length;
  const gradientSum = sumOfSizes(gradient);
  if (gradientSum === 0) return undefined;
  const gradientScale = (gradientUnit - rows - 1) / gradientSum;
  const scale = (gradientUnit - 2 * rows - 1) / sumOfSizes(hessian);
  // whole, so that hessians of 1 stay alike
  const hessianScale = scale > 1 ? Math.floor(scale) : scale;
  const sum = roundAll(gradient, hessian, gradientScale, hessianScale, state, packed);
  return { hessianScale, largestHessian: Math.max(1, Math.floor(largestHessian * hessianScale + 1 - 2 ** -16)), sum };
}

function sumOfSizes(values: Float32Array): number {
  let sum = 0;
  for (let row = 0; row < values.length; row++) sum += Math.abs(values[row]);
  return sum;
}

/**
 * Writes the packed derivatives; returns their sum. A hessian is at least 1, so that a bin with rows never looks empty.
 * The stream is xorshift32 (Marsaglia 2003), 16 bits per number.
 */
function roundAll(
  gradient: Float32Array,
  hessian: Float32Array,
  gradientScale: number,
  hessianScale: number,
  seed: number,
  packed: Float64Array,
): number {
  let state = seed | 1;
  let sum = 0;
  for (let row = 0; row < packed.length; row++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const rounded = (hessian[row] * hessianScale + (state >>> 16) * 2 ** -16) | 0;
    const h = rounded < 1 ? 1 : rounded;
    const both = Math.floor(gradient[row] * gradientScale + (state & 0xffff) * 2 ** -16) * gradientUnit + h;
    packed[row] = both;
    sum += both;
  }
  return sum;
}
