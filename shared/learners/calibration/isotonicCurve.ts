import { poolAdjacent } from "../../math/poolAdjacent";

/** A non-decreasing curve: straight between the knots, level outside them. */
export interface IsotonicCurve {
  /** ascending */
  knots: Float64Array;
  /** ascending, 0 to 1 */
  values: Float64Array;
}

/**
 * The steepest rise: a float32 score that is off by its last bit (6e-8 below 1) moves the probability by less than
 * 5e-7, so that graph and model agree. A step of plain isotonic regression would turn the same error into any
 * difference.
 */
const steepest = 8;

/**
 * Isotonic regression of `positive` (0 or 1 per row) on `scores` (Zadrozny and Elkan 2002), drawn as lines between the
 * blocks' means. Where a line would rise too steeply its knots move apart, by the least weighted squares that keep
 * their order.
 */
export function fitIsotonic(scores: Float64Array, positive: Uint8Array, weights: Float64Array): IsotonicCurve {
  const order = Int32Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b]);
  const points = groupBy(order, (a, b) => scores[a] === scores[b], scores, positive, weights);
  const fitted = poolAdjacent(points.values, points.weights);
  const blocks = groupBy(
    Int32Array.from(fitted.keys()),
    // rounding alone makes no block
    (a, b) => fitted[b] - fitted[a] < 1e-9,
    points.scores,
    fitted,
    points.weights,
  );
  const eased = blocks.scores.map((score, at) => score - blocks.values[at] / steepest);
  const knots = poolAdjacent(eased, blocks.weights).map((score, at) => score + blocks.values[at] / steepest);
  return { knots, values: blocks.values };
}

/** The curve's value at `score`. */
export function isotonicAt({ knots, values }: IsotonicCurve, score: number): number {
  const last = knots.length - 1;
  if (score <= knots[0]) return values[0];
  if (score >= knots[last]) return values[last];
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (knots[middle] <= score) low = middle;
    else high = middle;
  }
  return values[low] + ((values[high] - values[low]) / (knots[high] - knots[low])) * (score - knots[low]);
}

/** Weighted mean scores and values of neighbours in `order` that are alike. */
function groupBy(
  order: Int32Array,
  alike: (a: number, b: number) => boolean,
  scores: Float64Array,
  values: Float64Array | Uint8Array,
  weights: Float64Array,
) {
  const groups: { score: number; value: number; weight: number }[] = [];
  for (const [at, row] of order.entries()) {
    const weight = weights[row];
    if (at === 0 || !alike(order[at - 1], row)) groups.push({ score: scores[row], value: values[row], weight });
    else {
      const group = groups[groups.length - 1];
      group.weight += weight;
      group.score += ((scores[row] - group.score) * weight) / group.weight;
      group.value += ((values[row] - group.value) * weight) / group.weight;
    }
  }
  return {
    scores: Float64Array.from(groups, ({ score }) => score),
    values: Float64Array.from(groups, ({ value }) => value),
    weights: Float64Array.from(groups, ({ weight }) => weight),
  };
}
