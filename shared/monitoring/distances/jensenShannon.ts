/** How categories are compared, by its name in results. */
export const jensenShannonStatistic = "jensenShannonDebiased";

/** The distance from which shares of categories count as moved, where the spec sets none. */
export const jensenShannonThreshold = 0.1;

/**
 * Base-2 Jensen-Shannon distance of two count vectors over the same categories, 0 to 1; the same as
 * scipy.spatial.distance.jensenshannon(p, q, base=2). Source: D. Endres, J. Schindelin, "A new metric for probability
 * distributions", 2003.
 */
export function jensenShannon(first: ArrayLike<number>, second: ArrayLike<number>): number {
  return Math.sqrt(Math.max(0, divergence(first, second)));
}

/**
 * Jensen-Shannon distance without the part that sampling alone explains: two samples of n and m rows of one
 * distribution over B occupied categories have an expected divergence of about (B - 1)(1/n + 1/m) / (8 ln 2) bits,
 * which is taken off first.
 */
export function debiasedJensenShannon(first: ArrayLike<number>, second: ArrayLike<number>): number {
  let occupied = 0;
  for (let i = 0; i < first.length; i++) if (first[i] + second[i] > 0) occupied++;
  const bias = ((occupied - 1) * (1 / total(first) + 1 / total(second))) / (8 * Math.LN2);
  return Math.sqrt(Math.max(0, divergence(first, second) - bias));
}

function divergence(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const n = total(first);
  const m = total(second);
  let bits = 0;
  for (let i = 0; i < first.length; i++) {
    const p = first[i] / n;
    const q = second[i] / m;
    const middle = (p + q) / 2;
    if (p > 0) bits += (p / 2) * Math.log2(p / middle);
    if (q > 0) bits += (q / 2) * Math.log2(q / middle);
  }
  return bits;
}

function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i];
  return sum;
}
