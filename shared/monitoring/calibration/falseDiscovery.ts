/**
 * The p-value up to which tests are rejected so that at most the share `rate` of the rejected are false; at least
 * `rate` divided by their number. Source: Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", 1995.
 */
export function rejectedUpTo(pValues: readonly number[], rate: number): number {
  const sorted = pValues.toSorted((a, b) => a - b);
  let rejected = 1;
  for (const [at, p] of sorted.entries()) if (p <= (rate * (at + 1)) / sorted.length) rejected = at + 1;
  return (rate * rejected) / Math.max(1, sorted.length);
}
