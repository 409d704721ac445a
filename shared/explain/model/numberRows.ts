/** Rows x columns of numbers, row-major, NaN for a missing value. */
export interface NumberRows {
  rowCount: number;
  width: number;
  cells: Float64Array;
}

/** A model as explanations see it: one number per row. */
export type PredictRows = (rows: NumberRows) => Promise<Float64Array>;

/** Zeros for `rowCount` rows of `width` columns. */
export function newRows(rowCount: number, width: number): NumberRows {
  return { rowCount, width, cells: new Float64Array(rowCount * width) };
}

/** The rows `indices` of `rows`, in that order. */
export function pickRows(rows: NumberRows, indices: ArrayLike<number>): NumberRows {
  const { width, cells } = rows;
  const picked = newRows(indices.length, width);
  for (let i = 0; i < indices.length; i++)
    picked.cells.set(cells.subarray(indices[i] * width, (indices[i] + 1) * width), i * width);
  return picked;
}

/** At most `count` distinct row numbers below `rowCount`, drawn by `random`, in ascending order. */
export function drawRows(rowCount: number, count: number, random: () => number): Int32Array {
  const order = Int32Array.from({ length: rowCount }, (_, row) => row);
  const taken = Math.min(count, rowCount);
  for (let i = 0; i < taken; i++) {
    const other = i + Math.floor(random() * (rowCount - i));
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order.slice(0, taken).sort();
}

/** The mean of `values`. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
