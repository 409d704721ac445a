import { meanOf, type NumberRows } from "./model/numberRows";

export interface ImportanceTask {
  /** the metric of the model on rows whose truth is in the same order */
  score(rows: NumberRows): Promise<number>;
  rows: NumberRows;
  /** whether a lower metric is better */
  lowerIsBetter: boolean;
  repeats: number;
  random: () => number;
}

/**
 * How much worse the metric gets when one feature's values are shuffled among the rows; negative if chance made it
 * better.
 */
export interface FeatureImportance {
  mean: number;
  /** standard deviation over the repeats */
  deviation: number;
}

/**
 * Permutation importance of each column, and the metric without permutation. Source: L. Breiman, "Random forests",
 * 2001, and A. Fisher, C. Rudin, F. Dominici, "All models are wrong, but many are useful", JMLR 20, 2019. NaN if the
 * metric is undefined on these rows.
 */
export async function permutationImportance(
  task: ImportanceTask,
): Promise<{ metric: number; features: FeatureImportance[] }> {
  const { rows, random, repeats } = task;
  const metric = await task.score(rows);
  const features: FeatureImportance[] = [];
  for (let column = 0; column < rows.width; column++) {
    const drops: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      const worse = await task.score(withShuffled(rows, column, random));
      drops.push(task.lowerIsBetter ? worse - metric : metric - worse);
    }
    const mean = meanOf(drops);
    const squares = drops.reduce((sum, drop) => sum + (drop - mean) ** 2, 0);
    features.push({ mean, deviation: repeats > 1 ? Math.sqrt(squares / (repeats - 1)) : 0 });
  }
  return { metric, features };
}

function withShuffled(rows: NumberRows, column: number, random: () => number): NumberRows {
  const cells = rows.cells.slice();
  for (let row = rows.rowCount - 1; row > 0; row--) {
    const other = Math.floor(random() * (row + 1));
    const [a, b] = [row * rows.width + column, other * rows.width + column];
    [cells[a], cells[b]] = [cells[b], cells[a]];
  }
  return { ...rows, cells };
}
