import { ascendingOrder } from "../math/rankingAreas";

/**
 * One part of the rows ordered by score from high to low; counts may be fractions where equal scores straddle two
 * parts.
 */
export interface LiftRow {
  /** 1 for the highest scores */
  part: number;
  rows: number;
  positives: number;
  /** share of positives in this part divided by their share in all rows */
  lift: number;
  /** share of all positives that this part and those before hold */
  cumulativeGain: number;
  cumulativeLift: number;
}

/**
 * Lift and cumulative gain by equal parts (deciles) of the rows, highest scores first; rows of equal score share their
 * positives evenly, so that their order does not matter. Empty without positives or rows.
 */
export function liftTable(scores: Float64Array, positive: Uint8Array, parts = 10): LiftRow[] {
  const foundAt = positivesWithin(scores, positive);
  const rows = scores.length;
  const all = foundAt(rows);
  if (all === 0) return [];
  return Array.from({ length: parts }, (_, i) => {
    const start = (i * rows) / parts;
    const end = ((i + 1) * rows) / parts;
    const positives = foundAt(end) - foundAt(start);
    return {
      part: i + 1,
      rows: end - start,
      positives,
      lift: positives / (end - start) / (all / rows),
      cumulativeGain: foundAt(end) / all,
      cumulativeLift: foundAt(end) / end / (all / rows),
    };
  });
}

/**
 * Expected number of positives among the `count` rows of highest score (a fraction is allowed), ties in random order.
 */
function positivesWithin(scores: Float64Array, positive: Uint8Array): (count: number) => number {
  const order = ascendingOrder(scores).reverse();
  /** rows and positives up to the end of each tie */
  const ends = [{ rows: 0, positives: 0 }];
  for (let i = 0; i < order.length; ) {
    let { positives } = ends[ends.length - 1];
    const score = scores[order[i]];
    for (; i < order.length && scores[order[i]] === score; i++) positives += positive[order[i]];
    ends.push({ rows: i, positives });
  }
  return (count) => {
    const after = ends.findIndex(({ rows }) => rows >= count);
    if (after === 0) return 0;
    const [from, to] = [ends[after - 1], ends[after]];
    return from.positives + ((to.positives - from.positives) * (count - from.rows)) / (to.rows - from.rows);
  };
}
