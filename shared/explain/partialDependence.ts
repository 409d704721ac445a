import type { Outputs } from "./model/blackBox";
import { type NumberRows, newRows } from "./model/numberRows";

export interface DependenceTask {
  predict(rows: NumberRows): Promise<Outputs>;
  rows: NumberRows;
  column: number;
  /** the values that the column is set to, for each row in turn */
  grid: Float64Array;
  /** each curve minus its own first value, so that shapes can be compared */
  isCentred?: boolean;
}

/** How the model's answers change with one feature, all others unchanged. */
export interface Dependence {
  /** for each answer: the mean over the rows at each grid value (partial dependence) */
  mean: number[][];
  /** for each answer: one curve per row (individual conditional expectation) */
  rows: number[][][];
}

/**
 * Partial dependence and the rows' own curves of one column. Sources: J. Friedman, "Greedy function approximation",
 * 2001; A. Goldstein et al., "Peeking inside the black box", 2015.
 */
export async function partialDependence(task: DependenceTask): Promise<Dependence> {
  const { rows, column, grid } = task;
  const { rowCount, width } = rows;
  const varied = newRows(rowCount * grid.length, width);
  for (const [step, value] of grid.entries()) {
    varied.cells.set(rows.cells, step * rows.cells.length);
    for (let row = 0; row < rowCount; row++) varied.cells[(step * rowCount + row) * width + column] = value;
  }
  const { values, outputCount } = await task.predict(varied);
  const curves = Array.from({ length: outputCount }, (_, output) =>
    Array.from({ length: rowCount }, (_unused, row) => {
      const at = (step: number) => values[(step * rowCount + row) * outputCount + output];
      const start = task.isCentred ? at(0) : 0;
      return Array.from(grid, (_value, step) => at(step) - start);
    }),
  );
  const mean = curves.map((ofOutput) =>
    Array.from(grid, (_value, step) => ofOutput.reduce((sum, curve) => sum + curve[step], 0) / rowCount),
  );
  return { mean, rows: curves };
}

/**
 * Distinct values at `count` evenly spaced quantiles of a numeric column, including the lowest and highest; missing
 * values are left out.
 */
export function quantileGrid(rows: NumberRows, column: number, count: number): Float64Array {
  const sorted = columnValues(rows, column)
    .filter((value) => !Number.isNaN(value))
    .sort();
  if (sorted.length === 0) return sorted;
  const picked = new Set<number>();
  for (let i = 0; i < count; i++) picked.add(sorted[Math.round(((sorted.length - 1) * i) / (count - 1))]);
  return Float64Array.from(picked);
}

/** The `count` most frequent values of a category column. */
export function levelGrid(rows: NumberRows, column: number, count: number): Float64Array {
  const rowsOf = new Map<number, number>();
  for (const value of columnValues(rows, column)) rowsOf.set(value, (rowsOf.get(value) ?? 0) + 1);
  const ranked = [...rowsOf].sort(([a, ofA], [b, ofB]) => ofB - ofA || a - b);
  return Float64Array.from(ranked.slice(0, count), ([value]) => value);
}

/** One column of every row. */
export function columnValues({ rowCount, width, cells }: NumberRows, column: number): Float64Array {
  return Float64Array.from({ length: rowCount }, (_, row) => cells[row * width + column]);
}
