import type { PreparedData } from "../data/preparedData";
import type { BaselineName } from "../usecase/usecaseSpec";

type BaselineData = Pick<PreparedData, "classes" | "target" | "values" | "currentClass" | "currentValue">;

/** Which rows a baseline learns from, and which it predicts. */
interface BaselineRows {
  train: Int32Array;
  evaluate: Int32Array;
}

/**
 * What a baseline predicts for the rows `evaluate`, learned from the rows `train`: class probabilities (row-major, rows
 * x classes), with regression one number per row. Majority and mean predict what training rows are on the whole;
 * persistence predicts from the row's current state (calibrated: frequencies given the current class, or the
 * least-squares line on the current value), and where that is unknown as they do.
 */
export function baselinePredictions(name: BaselineName, data: BaselineData, rows: BaselineRows): Float64Array {
  if (data.values) return valuePredictions(data.values, name === "persistence" ? data.currentValue : undefined, rows);
  return classProbabilities(data, name === "persistence" ? data.currentClass : undefined, rows);
}

function classProbabilities(
  { classes, target }: BaselineData,
  states: Int32Array | undefined,
  rows: BaselineRows,
): Float64Array {
  const everyRow = new Float64Array(classes.length);
  const byState = classes.map(() => new Float64Array(classes.length));
  for (const row of rows.train) {
    everyRow[target[row]]++;
    const state = states?.[row] ?? -1;
    if (state >= 0) byState[state][target[row]]++;
  }
  const marginal = frequencies(everyRow);
  // each state counts one more row, split over the classes: what never followed a state may do so, and log loss would
  // not
  // forgive a zero
  const conditional = byState.map((counts) => frequencies(counts.map((count, code) => count + marginal[code])));
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

function valuePredictions(values: Float64Array, states: Float64Array | undefined, rows: BaselineRows): Float64Array {
  const mean = rows.train.reduce((sum, row) => sum + values[row], 0) / rows.train.length;
  if (states === undefined) return new Float64Array(rows.evaluate.length).fill(mean);
  const { slope, intercept } = leastSquares(
    states,
    values,
    rows.train.filter((row) => !Number.isNaN(states[row])),
  );
  return Float64Array.from(rows.evaluate, (row) =>
    Number.isNaN(states[row]) ? mean : intercept + slope * states[row],
  );
}

/** The line through the rows that has the least squared error; a constant where x does not vary. */
function leastSquares(x: Float64Array, y: Float64Array, rows: Int32Array): { slope: number; intercept: number } {
  const meanX = rows.reduce((sum, row) => sum + x[row], 0) / rows.length;
  const meanY = rows.reduce((sum, row) => sum + y[row], 0) / rows.length;
  let together = 0;
  let spread = 0;
  for (const row of rows) {
    together += (x[row] - meanX) * (y[row] - meanY);
    spread += (x[row] - meanX) ** 2;
  }
  const slope = spread === 0 ? 0 : together / spread;
  return { slope, intercept: meanY - slope * meanX };
}
