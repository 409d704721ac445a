/** How numbers are compared, by its name in results: the distance over the training rows' standard deviation. */
export const wassersteinStatistic = "wasserstein1/sigma";

/** The distance, in standard deviations, from which a number counts as moved, where the spec sets none. */
export const wassersteinThreshold = 0.1;

/** A distribution as weighted points; weights need not sum to one. */
export interface WeightedPoints {
  values: ArrayLike<number>;
  weights: ArrayLike<number>;
}

/**
 * Wasserstein-1 distance of two weighted point sets: the area between their distribution functions, in the unit of the
 * values. The same as scipy.stats.wasserstein_distance. Source: C. Villani, "Topics in Optimal Transportation", 2003,
 * theorem 2.18.
 */
export function wasserstein1(first: WeightedPoints, second: WeightedPoints): number {
  const a = sorted(first);
  const b = sorted(second);
  let i = 0;
  let j = 0;
  let massA = 0;
  let massB = 0;
  let distance = 0;
  let previous = Math.min(a.values[0], b.values[0]);
  while (i < a.values.length || j < b.values.length) {
    const next = Math.min(a.values[i] ?? Number.POSITIVE_INFINITY, b.values[j] ?? Number.POSITIVE_INFINITY);
    distance += Math.abs(massA - massB) * (next - previous);
    for (; i < a.values.length && a.values[i] === next; i++) massA += a.weights[i] / a.total;
    for (; j < b.values.length && b.values[j] === next; j++) massB += b.weights[j] / b.total;
    previous = next;
  }
  return distance;
}

function sorted({ values, weights }: WeightedPoints) {
  const order = Array.from(values, (_value, i) => i)
    .filter((i) => weights[i] > 0)
    .sort((a, b) => values[a] - values[b]);
  const kept = order.map((i) => weights[i]);
  return { values: order.map((i) => values[i]), weights: kept, total: kept.reduce((sum, weight) => sum + weight, 0) };
}
