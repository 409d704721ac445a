import type { WeightedPoints } from "./distances/wasserstein";

/** How many independent rows either side is worth. */
export interface SampleSizes {
  target: number;
  baseline: number;
}

/**
 * The value that a standard normal variable exceeds with probability `tail` (below a half); error under 0.00045.
 * Source: Abramowitz, Stegun, 26.2.23.
 */
export function normalTail(tail: number): number {
  const t = Math.sqrt(-2 * Math.log(tail));
  const top = 2.515517 + t * (0.802853 + t * 0.010328);
  return t - top / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}

/**
 * What a chi-square variable exceeds with the probability that a normal one exceeds `z`. Source: Wilson, Hilferty,
 * 1931.
 */
function chiSquareTail(degrees: number, z: number): number {
  const spread = 2 / (9 * degrees);
  return degrees * Math.max(0, 1 - spread + z * Math.sqrt(spread)) ** 3;
}

/** Variance of the difference of two means, in units of one row's. */
function differenceVariance({ target, baseline }: SampleSizes): number {
  return 1 / target + 1 / baseline;
}

/** Cornish and Fisher's first term: a mean of few skewed rows has a longer tail than a normal one. */
function skewTerm(skewness: number, z: number, { target }: SampleSizes): number {
  return ((z * z - 1) * Math.abs(skewness)) / (6 * target);
}

/**
 * What Wasserstein-1 over the deviation exceeds without drift with at most the probability of `z`. The scaled distance
 * tends to the area under a Brownian bridge's absolute value, whose mean is sqrt(2/pi) times the integral of sqrt(F (1
 * - F)), and which as a norm exceeds it by z deviations of the rows no more often than a normal variable does
 * (concentration of Gaussian norms: M. Ledoux, 2001, chapter 7).
 */
export function noDriftWasserstein(
  baseline: WeightedPoints,
  { deviation, skewness }: { deviation: number; skewness: number },
  sizes: SampleSizes,
  z: number,
): number {
  if (deviation === 0) return 0;
  const expected = (Math.sqrt(2 / Math.PI) * bridgeArea(baseline)) / deviation;
  return Math.sqrt(differenceVariance(sizes)) * (expected + z) + skewTerm(skewness, z, sizes);
}

/** The integral of sqrt(F (1 - F)) over the points, which stand in rising order. */
function bridgeArea({ values, weights }: WeightedPoints): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i];
  let area = 0;
  let below = 0;
  let previous = Number.NaN;
  for (let i = 0; i < values.length; i++) {
    if (weights[i] === 0) continue;
    const share = below / total;
    if (below > 0) area += Math.sqrt(share * (1 - share)) * (values[i] - previous);
    below += weights[i];
    previous = values[i];
  }
  return area;
}

/**
 * What the debiased Jensen-Shannon distance exceeds without drift with at most the probability of `z`: without its bias
 * the divergence is chi-square / (8 ln 2) (1/n + 1/m) bits for n and m independent rows; `rows` are those that the bias
 * was taken off for.
 */
export function noDriftJensenShannon(levels: number, rows: SampleSizes, sizes: SampleSizes, z: number): number {
  const degrees = levels - 1;
  if (degrees < 1) return 0;
  const quantile = chiSquareTail(degrees, z) * differenceVariance(sizes) - degrees * differenceVariance(rows);
  return Math.sqrt(Math.max(0, quantile) / (8 * Math.LN2));
}

/**
 * How far two shares lie apart without drift with at most the probability of `z`: two proportions, pooled, with the
 * skew of a rare event.
 */
export function noDriftShares(target: number, baseline: number, sizes: SampleSizes, z: number): number {
  const events = target * sizes.target + baseline * sizes.baseline + 1;
  const pooled = Math.min(events / (sizes.target + sizes.baseline + 2), 1 - 1 / (sizes.target + sizes.baseline + 2));
  const variance = pooled * (1 - pooled);
  const skewness = (1 - 2 * pooled) / Math.sqrt(variance);
  return Math.sqrt(variance) * (Math.sqrt(differenceVariance(sizes)) * z + skewTerm(skewness, z, sizes));
}
