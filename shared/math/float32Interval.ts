/** The doubles that round to the float32 of `value`: the first and the last of them. */
export function float32Interval(value: number): { first: number; last: number } {
  return { first: -lastRoundingTo(-Math.fround(value)), last: lastRoundingTo(Math.fround(value)) };
}

/** The largest finite double that rounds to the float32 `rounded`. */
function lastRoundingTo(rounded: number): number {
  if (rounded === Number.POSITIVE_INFINITY) return Number.MAX_VALUE;
  if (rounded === Number.NEGATIVE_INFINITY) return -lowestOverflow;
  const above = neighbourAbove(rounded);
  const middle = above === Number.POSITIVE_INFINITY ? lowestOverflow : (rounded + above) / 2;
  return Math.fround(middle) === rounded ? middle : doubleBelow(middle);
}

/** the smallest double that is too large for a float32 */
const lowestOverflow = 2 ** 128 - 2 ** 103;

/** The next float32 above a finite one. */
export function neighbourAbove(value: number): number {
  const floats = Float32Array.of(value + 0); // no -0
  const bits = new Int32Array(floats.buffer);
  bits[0] += value < 0 ? -1 : 1;
  return floats[0];
}

/** The next double below one that is not 0. */
function doubleBelow(value: number): number {
  const doubles = Float64Array.of(value);
  const bits = new BigInt64Array(doubles.buffer);
  bits[0] += value < 0 ? 1n : -1n;
  return doubles[0];
}
