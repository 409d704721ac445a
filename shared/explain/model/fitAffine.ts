import { solveCholesky } from "../../math/solveCholesky";
import { columnOf, type Outputs } from "./blackBox";
import { meanOf } from "./numberRows";

/** too small a part of a column's spread to matter; keeps the equations solvable if columns are duplicates */
const ridge = 1e-12;

/**
 * Weights and offset with which the columns of `raw` come closest to `values` (least squares); undefined unless there
 * are clearly more distinct values than weights, since a line fits any two points.
 */
export function fitAffine(raw: Outputs, values: Float64Array): { weights: number[]; offset: number } | undefined {
  const width = raw.outputCount;
  if (new Set(values).size < width + 3) return undefined;
  const columns = Array.from({ length: width }, (_, at) => centred(columnOf(raw, at)));
  const target = centred(values);
  const matrix = new Float64Array(width * width);
  for (let i = 0; i < width; i++)
    for (let j = 0; j < width; j++)
      matrix[i * width + j] = dot(columns[i].values, columns[j].values) + (i === j ? ridge : 0);
  const right = Float64Array.from(columns, (column) => dot(column.values, target.values));
  const solved = solveCholesky(matrix, right);
  if (solved === undefined) return undefined;
  const weights = columns.map(({ spread }, at) => (solved[at] * target.spread) / spread);
  const offset = columns.reduce((rest, { mean }, at) => rest - weights[at] * mean, target.mean);
  return { weights, offset };
}

/** A column minus its mean, scaled to length one. */
function centred(values: Float64Array): { values: Float64Array; mean: number; spread: number } {
  const mean = meanOf(values);
  const shifted = values.map((value) => value - mean);
  const spread = Math.sqrt(dot(shifted, shifted)) || 1;
  return { values: shifted.map((value) => value / spread), mean, spread };
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
