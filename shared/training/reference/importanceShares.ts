import type { PreparedData } from "../../data/preparedData";
import { modelOutput } from "../../evaluation/modelOutput";
import { isBetter, selectionMetricValue } from "../../evaluation/selectionMetric";
import { drawRows } from "../../explain/model/numberRows";
import { type FeatureTable, gather, selectRows } from "../../featureTable";
import type { FittedModel } from "../../learners/trainer";
import { seededRandom } from "../../math/seededRandom";
import type { SelectionMetric } from "../../usecase/selectionSpec";

const repeats = 3;
const mostRows = 2000;
/** rows that are predicted, over all inputs */
const mostPredictions = 60_000;

/**
 * Each input's share of the permutation importance on the hold-out, in the order of the inputs; undefined where no
 * input matters, or the metric is undefined. Source: L. Breiman, "Random forests", 2001.
 */
export function importanceShares(
  data: PreparedData,
  {
    model,
    ...settings
  }: { model: Pick<FittedModel, "predict">; seed: number; metric: SelectionMetric; decisionThreshold: number },
): number[] | undefined {
  const random = seededRandom(settings.seed);
  const inputs = data.table.numbers.length + data.table.categories.length;
  const rowCount = Math.min(mostRows, Math.max(100, Math.floor(mostPredictions / inputs / repeats)));
  const rows = drawRows(data.holdoutRows.length, rowCount, random).map((at) => data.holdoutRows[at]);
  if (rows.length === 0) return undefined;
  const table = selectRows(data.table, rows);
  const metricOf = (one: FeatureTable) =>
    selectionMetricValue(settings.metric, modelOutput(data, rows, model.predict(one), settings.decisionThreshold));
  const plain = metricOf(table);
  const sign = isBetter(settings.metric, 0, 1) ? 1 : -1;
  const drops = Array.from({ length: inputs }, (_, input) => {
    let drop = 0;
    for (let repeat = 0; repeat < repeats; repeat++)
      drop += (sign * (metricOf(shuffled(table, input, random)) - plain)) / repeats;
    return Math.max(0, drop);
  });
  const total = drops.reduce((sum, drop) => sum + drop, 0);
  return total > 0 ? drops.map((drop) => Number((drop / total).toPrecision(6))) : undefined;
}

/** The table with the values of one input in another order. */
function shuffled({ rowCount, numbers, categories }: FeatureTable, input: number, random: () => number): FeatureTable {
  const order = Int32Array.from({ length: rowCount }, (_, row) => row);
  for (let row = rowCount - 1; row > 0; row--) {
    const other = Math.floor(random() * (row + 1));
    [order[row], order[other]] = [order[other], order[row]];
  }
  return {
    rowCount,
    numbers: numbers.map((column, i) =>
      i === input ? { ...column, values: gather(column.values, new Float32Array(rowCount), order) } : column,
    ),
    categories: categories.map((column, i) =>
      i + numbers.length === input
        ? { ...column, codes: gather(column.codes, new Int32Array(rowCount), order) }
        : column,
    ),
  };
}
