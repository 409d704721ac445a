import type { EnsembleTrees } from "./ensembleNodes";

/** The columns as rows x columns. */
export function toRows(columns: Float32Array[], rowCount: number): Float32Array {
  const width = columns.length;
  const rows = new Float32Array(rowCount * width);
  for (const [index, column] of columns.entries())
    for (let row = 0; row < rowCount; row++) rows[row * width + index] = column[row];
  return rows;
}

/** Writes the leaf that each row (of `width` columns, NaN where missing) reaches in the tree that starts at `root`. */
export function findLeaves(
  trees: EnsembleTrees,
  root: number,
  rows: Float32Array,
  width: number,
  leaves: Int32Array,
): void {
  const { feature, threshold, missingLeft, left } = trees;
  for (let row = 0; row < leaves.length; row++) {
    let node = root;
    for (let at = feature[node]; at >= 0; at = feature[node]) {
      const value = rows[row * width + at];
      const goesLeft = value <= threshold[node] || (Number.isNaN(value) && missingLeft[node] === 1);
      node = goesLeft ? left[node] : left[node] + 1;
    }
    leaves[row] = node;
  }
}
