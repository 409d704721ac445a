import type { LinearFeatures, LinearRows } from "./linearFeatures";

/**
 * The normal equations of a ridge regression: matrix (width x width, row-major, lower half filled) times weights =
 * right.
 */
export interface RidgeEquations {
  matrix: Float64Array;
  right: Float64Array;
  /** weighted mean of each standardised column and of the values: what centring takes away */
  means: Float64Array;
  meanValue: number;
}

/**
 * (X' W X + l2 I) w = X' W y with weighted means taken from X and y, which leaves the intercept free; X are
 * standardised columns.
 */
export function ridgeEquations(
  rows: LinearRows,
  features: LinearFeatures,
  values: Float64Array,
  sampleWeights: Float64Array,
  l2: number,
): RidgeEquations {
  const { width } = features;
  const matrix = new Float64Array(width * width);
  const right = new Float64Array(width);
  const means = new Float64Array(width);
  const total = sampleWeights.reduce((sum, weight) => sum + weight, 0);
  const meanValue = values.reduce((sum, value, row) => sum + sampleWeights[row] * value, 0) / total;
  const columns = new Int32Array(rows.numberCount + rows.categoryCount);
  const cells = new Float64Array(columns.length);
  for (let row = 0; row < rows.rowCount; row++) {
    const weight = sampleWeights[row];
    if (weight === 0) continue;
    const count = readRow(rows, row, features, columns, cells);
    const deviation = weight * (values[row] - meanValue);
    for (let i = 0; i < count; i++) {
      const at = columns[i] * width;
      const scaled = weight * cells[i];
      for (let j = 0; j <= i; j++) matrix[at + columns[j]] += scaled * cells[j];
      right[columns[i]] += deviation * cells[i];
      means[columns[i]] += scaled / total;
    }
  }
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) matrix[i * width + j] -= total * means[i] * means[j];
    matrix[i * width + i] += l2;
  }
  return { matrix, right, means, meanValue };
}

/** The cells of a row that are not 0, by ascending column; returns their number. */
function readRow(
  rows: LinearRows,
  row: number,
  { numbers }: LinearFeatures,
  columns: Int32Array,
  cells: Float64Array,
): number {
  let count = 0;
  for (const [k, { mean, deviation }] of numbers.entries()) {
    columns[count] = k;
    cells[count++] = (rows.numbers[row * rows.numberCount + k] - mean) / deviation;
  }
  for (let k = 0; k < rows.categoryCount; k++) {
    const column = rows.indicators[row * rows.categoryCount + k];
    if (column < 0) continue;
    columns[count] = column;
    cells[count++] = 1;
  }
  return count;
}
