import { accuracy, confusionMatrix } from "../math/confusion";

/** How far two different levels are apart: equally, by their distance in the order of levels, or by its square. */
export type KappaWeights = "none" | "linear" | "quadratic";

/** Share of rows on which two raters give the same level. */
export function percentAgreement(first: Int32Array, second: Int32Array, levels: number): number {
  return accuracy(confusionMatrix(first, second, levels));
}

/**
 * Cohen's kappa of two raters on the same rows (codes 0 to `levels` - 1): agreement beyond chance; null where both
 * always give the same single level. Source: J. Cohen, "Weighted kappa", 1968.
 */
export function cohenKappa(
  first: Int32Array,
  second: Int32Array,
  levels: number,
  weights: KappaWeights = "none",
): number | null {
  const matrix = confusionMatrix(first, second, levels);
  const inFirst = matrix.map((row) => row.reduce((sum, count) => sum + count, 0));
  const inSecond = matrix.map((_row, code) => matrix.reduce((sum, row) => sum + row[code], 0));
  let observed = 0;
  let byChance = 0;
  for (let i = 0; i < levels; i++)
    for (let j = 0; j < levels; j++) {
      const apart = distanceOf(i, j, weights);
      observed += apart * matrix[i][j];
      byChance += (apart * inFirst[i] * inSecond[j]) / first.length;
    }
  return byChance === 0 ? null : 1 - observed / byChance;
}

function distanceOf(a: number, b: number, weights: KappaWeights): number {
  if (weights === "none") return a === b ? 0 : 1;
  return weights === "linear" ? Math.abs(a - b) : (a - b) ** 2;
}

/**
 * Krippendorff's alpha for nominal levels and any number of raters, -1 where a rater gives no level; null where it is
 * undefined (no row with two ratings, or only one level). Source: K. Krippendorff, "Computing Krippendorff's
 * alpha-reliability", 2011.
 */
export function krippendorffAlpha(raters: readonly Int32Array[], levels: number): number | null {
  const ratings = new Float64Array(levels);
  let pairable = 0;
  let disagreement = 0;
  for (let row = 0; row < (raters[0]?.length ?? 0); row++) {
    const counts = new Float64Array(levels);
    for (const codes of raters) if (codes[row] >= 0) counts[codes[row]]++;
    const said = counts.reduce((sum, count) => sum + count, 0);
    if (said < 2) continue;
    pairable += said;
    for (let level = 0; level < levels; level++) {
      ratings[level] += counts[level];
      disagreement += (counts[level] * (said - counts[level])) / (said - 1);
    }
  }
  const byChance = ratings.reduce((sum, count) => sum + count * (pairable - count), 0) / (pairable - 1);
  return pairable === 0 || byChance === 0 ? null : 1 - disagreement / byChance;
}

/**
 * Concordance correlation of two series of numbers on the same rows: how near they lie to the line of equality; null
 * where both are constant and equal. Source: L. Lin, "A concordance correlation coefficient to evaluate
 * reproducibility", 1989 (moments over n).
 */
export function concordanceCorrelation(first: Float64Array, second: Float64Array): number | null {
  const a = moments(first);
  const b = moments(second);
  let shared = 0;
  for (let row = 0; row < first.length; row++) shared += (first[row] - a.mean) * (second[row] - b.mean);
  const spread = a.variance + b.variance + (a.mean - b.mean) ** 2;
  return spread === 0 ? null : (2 * shared) / first.length / spread;
}

function moments(values: Float64Array): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}
