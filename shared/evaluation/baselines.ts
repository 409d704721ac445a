import type { PreparedData } from "../data/preparedData";
import type { BaselineName } from "../usecase/usecaseSpec";

/**
 * Class probabilities of a baseline for the rows `evaluate`, learned from the rows `train`; row-major, rows x classes. Majority says the
 * training frequencies; persistence says them given the row's current class (calibrated), or as majority where that is unknown or was
 * never seen in training.
 */
export function baselineProbabilities(
  name: BaselineName,
  data: Pick<PreparedData, "classes" | "target" | "currentClass">,
  rows: { train: Int32Array; evaluate: Int32Array },
): Float64Array {
  const { classes, target } = data;
  const states = name === "persistence" ? data.currentClass : undefined;
  const everyRow = new Float64Array(classes.length);
  const byState = classes.map(() => new Float64Array(classes.length));
  for (const row of rows.train) {
    everyRow[target[row]]++;
    const state = states?.[row] ?? -1;
    if (state >= 0) byState[state][target[row]]++;
  }
  const marginal = frequencies(everyRow);
  const conditional = byState.map((counts) => (counts.some((count) => count > 0) ? frequencies(counts) : marginal));
  const probabilities = new Float64Array(rows.evaluate.length * classes.length);
  for (let i = 0; i < rows.evaluate.length; i++) {
    const state = states?.[rows.evaluate[i]] ?? -1;
    probabilities.set(state < 0 ? marginal : conditional[state], i * classes.length);
  }
  return probabilities;
}

function frequencies(counts: Float64Array): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / total);
}
