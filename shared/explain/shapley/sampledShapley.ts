import { type NumberRows, newRows } from "../model/numberRows";
import type { ShapleyGame, ShapleyValues } from "./shapleyGame";

/** How many rows the model must score for one explained row. */
export function sampledEvaluations(featureCount: number, backgroundRows: number, pairs: number): number {
  return 2 * Math.max(0, featureCount - 1) * backgroundRows * pairs + 1;
}

export interface SamplingOptions {
  /** pairs of orders per background row, at least 2 so that a standard error can be computed */
  pairs: number;
  random: () => number;
}

/**
 * Shapley values of row `index` estimated from random orders of the features: for every background row `pairs` orders,
 * each with its reverse, change the background row into the explained one feature by feature. Every background row has
 * the same weight, so that the values still add up exactly; the standard errors say how much other orders would change,
 * given this background. Sources: E. Štrumbelj, I. Kononenko, "Explaining prediction models and individual predictions
 * with feature contributions", 2014; antithetic orders: R. Mitchell et al., "Sampling permutations for Shapley value
 * estimation", JMLR 23, 2022.
 */
export async function sampledShapley(
  game: ShapleyGame,
  rows: NumberRows,
  index: number,
  { pairs, random }: SamplingOptions,
): Promise<ShapleyValues> {
  const { background, backgroundValues, predict } = game;
  const { width } = rows;
  const cells = rows.cells.slice(index * width, (index + 1) * width);
  const own = (await predict({ rowCount: 1, width, cells }))[0];
  const values = new Float64Array(width);
  const variances = new Float64Array(width);
  for (let at = 0; at < background.rowCount; at++) {
    const reference = background.cells.subarray(at * width, (at + 1) * width);
    const orders = Array.from({ length: pairs }, () => shuffled(width, random)).flatMap((order) => [
      order,
      order.slice().reverse(),
    ]);
    const between = width > 1 ? await predict(walks(orders, cells, reference)) : new Float64Array(0);
    const steps = orderSteps(orders, between, { from: backgroundValues[at], to: own });
    for (let feature = 0; feature < width; feature++) {
      const { mean, variance } = pairStatistics(steps, feature, pairs, width);
      values[feature] += mean / background.rowCount;
      variances[feature] += variance / pairs / background.rowCount ** 2;
    }
  }
  return { values, standardErrors: variances.map(Math.sqrt) };
}

function shuffled(count: number, random: () => number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}

/** The rows between the background row and the explained one, for each order: orders x (width - 1). */
function walks(orders: Int32Array[], cells: Float64Array, reference: Float64Array): NumberRows {
  const width = cells.length;
  const rows = newRows(orders.length * (width - 1), width);
  let row = 0;
  for (const order of orders) {
    const mixed = Float64Array.from(reference);
    for (let step = 0; step < width - 1; step++) {
      mixed[order[step]] = cells[order[step]];
      rows.cells.set(mixed, row++ * width);
    }
  }
  return rows;
}

/** What each feature added in each order: orders x features. */
function orderSteps(orders: Int32Array[], between: Float64Array, ends: { from: number; to: number }): Float64Array {
  const width = orders[0].length;
  const steps = new Float64Array(orders.length * width);
  for (const [which, order] of orders.entries()) {
    let before = ends.from;
    for (let step = 0; step < width; step++) {
      const after = step === width - 1 ? ends.to : between[which * (width - 1) + step];
      steps[which * width + order[step]] = after - before;
      before = after;
    }
  }
  return steps;
}

/** Mean over the pairs, and the variance between pairs: an order and its reverse are one observation. */
function pairStatistics(steps: Float64Array, feature: number, pairs: number, width: number) {
  const ofPair = (pair: number) => (steps[2 * pair * width + feature] + steps[(2 * pair + 1) * width + feature]) / 2;
  let mean = 0;
  for (let pair = 0; pair < pairs; pair++) mean += ofPair(pair) / pairs;
  let squares = 0;
  for (let pair = 0; pair < pairs; pair++) squares += (ofPair(pair) - mean) ** 2;
  return { mean, variance: squares / (pairs - 1) };
}
