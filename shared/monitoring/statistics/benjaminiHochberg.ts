/**
 * Which of many tests are significant when at most the share `q` of those may be false, by their p-values. Source: Y.
 * Benjamini, Y. Hochberg, "Controlling the false discovery rate", 1995.
 */
export function benjaminiHochberg(pValues: readonly number[], q: number): boolean[] {
  const sorted = pValues.toSorted((a, b) => a - b);
  const most = sorted.findLastIndex((p, i) => p <= (q * (i + 1)) / sorted.length);
  return pValues.map((p) => most >= 0 && p <= sorted[most]);
}
