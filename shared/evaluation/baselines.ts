import type { PreparedData } from "../data/preparedData";
import type { BaselineName } from "../usecase/usecaseSpec";

/**
 * Class probabilities of a baseline for the rows `evaluate`, learned from the rows `train`; row-major, rows x classes. Majority says the
 * training frequencies; persistence says them given the row's current class (calibrated), or as majority where that is unknown.
 */
export function baselineProbabilities(
  name: BaselineName,
  data: Pick<PreparedData, "classes" | "target" | "currentClass">,
  rows: { train: Int32Array; evaluate: Int32Array },
): Float64Array {
  const { classes, target, currentClass } = data;
  const states = name === "persistence" ? currentClass : undefined;
  const frequencies = classFrequencies(target, rows.train, classes.length, states);
  const marginal = frequencies.get(-2) as Float64Array;
  const probabilities = new Float64Array(rows.evaluate.length * classes.length);
  for (let i = 0; i < rows.evaluate.length; i++) {
    const state = states?.[rows.evaluate[i]] ?? -1;
    probabilities.set((state >= 0 ? frequencies.get(state) : undefined) ?? marginal, i * classes.length);
  }
  return probabilities;
}

/** Frequencies of the classes a known state, and of all training rows under -2. */
function classFrequencies(
  target: Int32Array,
  train: Int32Array,
  width: number,
  states?: Int32Array,
): Map<number, Float64Array> {
  const counts = new Map<number, Float64Array>([[-2, new Float64Array(width)]]);
  for (const row of train) {
    (counts.get(-2) as Float64Array)[target[row]]++;
    const state = states?.[row] ?? -1;
    if (state < 0) continue;
    const ofState = counts.get(state) ?? new Float64Array(width);
    ofState[target[row]]++;
    counts.set(state, ofState);
  }
  for (const values of counts.values()) {
    const total = values.reduce((sum, value) => sum + value, 0);
    for (let code = 0; code < width; code++) values[code] /= total;
  }
  return counts;
}
