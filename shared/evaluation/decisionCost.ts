import { ascendingOrder } from "../math/rankingAreas";

/**
 * What a decision costs, in `unit` per row: actual class x decided class, in the order of the classes; a gain is
 * negative.
 */
export interface CostMatrix {
  unit: string;
  costs: readonly (readonly number[])[];
}

/** Cost of each row's decision. */
export function costByRow(target: Int32Array, decided: Int32Array, { costs }: CostMatrix): Float64Array {
  return Float64Array.from(target, (actual, row) => costs[actual][decided[row]]);
}

/**
 * The class of least expected cost per row, if the probabilities (rows x classes) are right; the first of equal ones.
 * Source: C. Elkan, "The foundations of cost-sensitive learning", 2001.
 */
export function leastCostClasses(probabilities: Float64Array, { costs }: CostMatrix): Int32Array {
  const width = costs.length;
  const decided = new Int32Array(probabilities.length / width);
  for (let row = 0; row < decided.length; row++) {
    let least = Number.POSITIVE_INFINITY;
    for (let decision = 0; decision < width; decision++) {
      let cost = 0;
      for (let actual = 0; actual < width; actual++)
        cost += probabilities[row * width + actual] * costs[actual][decision];
      if (cost >= least) continue;
      least = cost;
      decided[row] = decision;
    }
  }
  return decided;
}

/**
 * With two classes: the probability of class `positive` from which deciding for it costs less, if probabilities are
 * right; null where the matrix makes one decision best at every probability. Source: Elkan 2001, equation 2.
 */
export function theoreticalThreshold({ costs }: CostMatrix, positive: number): number | null {
  const negative = 1 - positive;
  const falseAlarm = costs[negative][positive] - costs[negative][negative];
  const miss = costs[positive][negative] - costs[positive][positive];
  return falseAlarm > 0 && miss > 0 ? falseAlarm / (falseAlarm + miss) : null;
}

export interface CostThreshold {
  /** probability from which a row is decided as positive */
  threshold: number;
  /** mean over the rows */
  costPerRow: number;
}

/**
 * With two classes: the threshold whose decisions (positive at or above it) cost least on these rows. Every distinct
 * score and "never" are tried, so no threshold costs less; of equal ones the nearest to 0.5, which is itself taken
 * where it decides the same. `scores`: the probability of class `positive`, per row.
 */
export function bestThreshold(
  scores: Float64Array,
  target: Int32Array,
  { costs }: CostMatrix,
  positive: number,
): CostThreshold {
  const order = ascendingOrder(scores).reverse();
  const negative = 1 - positive;
  const actual = [0, 0];
  for (const code of target) actual[code]++;
  // rows of each class that are decided as positive; the cost is taken from these counts, so that equal decisions cost
  // exactly the same
  const chosen = [0, 0];
  const cost = () =>
    [0, 1].reduce(
      (sum, code) => sum + chosen[code] * costs[code][positive] + (actual[code] - chosen[code]) * costs[code][negative],
      0,
    );
  let best = { threshold: thresholdBetween(aboveAll(scores[order[0]]), scores[order[0]]), total: cost() };
  for (let i = 0; i < order.length; ) {
    const score = scores[order[i]];
    for (; i < order.length && scores[order[i]] === score; i++) chosen[target[order[i]]]++;
    const threshold = thresholdBetween(score, i < order.length ? scores[order[i]] : Number.NEGATIVE_INFINITY);
    const total = cost();
    if (total < best.total || (total === best.total && isNearerHalf(threshold, best.threshold)))
      best = { threshold, total };
  }
  return { threshold: best.threshold, costPerRow: best.total / scores.length };
}

/** 0.5 where it lies in (low, high] and so decides as `high` does; else `high`. */
function thresholdBetween(high: number, low: number): number {
  return low < 0.5 && 0.5 <= high ? 0.5 : high;
}

/** A number above a probability that a float32 keeps apart from it. */
function aboveAll(highest: number): number {
  return highest < 1 ? (highest + 1) / 2 : 1 + 2 ** -23;
}

function isNearerHalf(a: number, b: number): boolean {
  return Math.abs(a - 0.5) < Math.abs(b - 0.5);
}
