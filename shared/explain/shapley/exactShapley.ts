import { meanOf, type NumberRows, newRows, pickRows } from "../model/numberRows";
import type { ShapleyGame, ShapleyValues } from "./shapleyGame";

/** beyond this many features there are too many coalitions: values are sampled */
export const maxExactFeatures = 10;

/** the model gets about this many rows at once */
const batchRows = 4096;

/** How many rows the model must score for one explained row. */
export function exactEvaluations(featureCount: number, backgroundRows: number): number {
  return (2 ** featureCount - 2) * backgroundRows + 1;
}

/**
 * Exact Shapley values of row `index`: the model scores every coalition of features; features outside it take their
 * values from each background row in turn. Source: L. Shapley, "A value for n-person games", 1953; with the marginal
 * ("interventional") value function of D. Janzing, L. Minorics, P. Blöbaum, "Feature relevance quantification in
 * explainable AI", 2020.
 */
export async function exactShapley(game: ShapleyGame, rows: NumberRows, index: number): Promise<ShapleyValues> {
  const { width } = rows;
  if (width > maxExactFeatures) throw new Error(`${width} features are too many for exact Shapley values`);
  const worth = await coalitionWorths(game, pickRows(rows, [index]));
  const weights = sizeWeights(width);
  const values = new Float64Array(width);
  for (let coalition = 0; coalition < worth.length; coalition++) {
    const weight = weights[sizeOf(coalition)];
    for (let feature = 0; feature < width; feature++) {
      const joined = coalition | (1 << feature);
      if (joined !== coalition) values[feature] += weight * (worth[joined] - worth[coalition]);
    }
  }
  return { values };
}

/** The mean prediction with the features of each coalition (one bit per feature) taken from the row. */
async function coalitionWorths(game: ShapleyGame, row: NumberRows): Promise<Float64Array> {
  const { background, predict, backgroundValues } = game;
  const { width } = row;
  const worth = new Float64Array(2 ** width);
  const all = worth.length - 1;
  worth[0] = meanOf(backgroundValues);
  worth[all] = (await predict(row))[0];
  const perBatch = Math.max(1, Math.floor(batchRows / background.rowCount));
  for (let start = 1; start < all; start += perBatch) {
    const count = Math.min(perBatch, all - start);
    const mixed = newRows(count * background.rowCount, width);
    for (let i = 0; i < count; i++) mixInto(mixed, i * background.rowCount, row, background, start + i);
    const values = await predict(mixed);
    for (let i = 0; i < count; i++)
      worth[start + i] = meanOf(values.subarray(i * background.rowCount, (i + 1) * background.rowCount));
  }
  return worth;
}

function mixInto(target: NumberRows, first: number, row: NumberRows, background: NumberRows, coalition: number): void {
  const { width } = row;
  target.cells.set(background.cells, first * width);
  for (let feature = 0; feature < width; feature++) {
    if ((coalition & (1 << feature)) === 0) continue;
    for (let at = 0; at < background.rowCount; at++) target.cells[(first + at) * width + feature] = row.cells[feature];
  }
}

/** s! (k - s - 1)! / k! for a coalition of s out of k features. */
function sizeWeights(featureCount: number): Float64Array {
  const weights = new Float64Array(featureCount + 1);
  let combinations = 1; // of s out of k - 1
  for (let size = 0; size < featureCount; size++) {
    weights[size] = 1 / (featureCount * combinations);
    combinations = (combinations * (featureCount - 1 - size)) / (size + 1);
  }
  return weights;
}

function sizeOf(coalition: number): number {
  let bits = 0;
  for (let rest = coalition; rest > 0; rest &= rest - 1) bits++;
  return bits;
}
