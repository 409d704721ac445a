import type { ModelOutput } from "./weightedMetric";

/** The rows `rows` of an output, in that order; a row may come several times. */
export function takeRows(output: ModelOutput, rows: ArrayLike<number>): ModelOutput {
  if ("predictions" in output)
    return {
      target: Float64Array.from(rows, (row) => output.target[row]),
      predictions: Float64Array.from(rows, (row) => output.predictions[row]),
    };
  const width = output.classes.length;
  const probabilities = new Float64Array(rows.length * width);
  for (let i = 0; i < rows.length; i++)
    probabilities.set(output.probabilities.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
  return { ...output, target: Int32Array.from(rows, (row) => output.target[row]), probabilities };
}
