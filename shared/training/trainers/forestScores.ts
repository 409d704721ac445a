import type { Forest } from "./forestModel";
import type { ValueScale } from "./valueLeaves";

/** Mean leaf probabilities, rows x outputs, as float32 values; `columns` are the features in the forest's order, NaN where missing. */
export function forestScores(forest: Forest, columns: Float32Array[], rowCount: number): Float64Array {
  const { leafUnits, treeCount } = forest;
  const sums = leafSums(forest, columns, rowCount);
  for (let at = 0; at < sums.length; at++) sums[at] = Math.fround(sums[at] / leafUnits / treeCount);
  return sums;
}

/** Mean leaf values, one a row, as float32 values, in the graph's own order of operations. */
export function forestValues(
  forest: Forest,
  { centre, unit }: ValueScale,
  columns: Float32Array[],
  rowCount: number,
): Float64Array {
  const { leafUnits, treeCount } = forest;
  const sums = leafSums(forest, columns, rowCount);
  return new Float64Array(rowCount).map((_, row) => {
    const sum = sums[2 * row] * (leafUnits * unit) + sums[2 * row + 1] * unit;
    return Math.fround(sum / treeCount + centre);
  });
}

/** Sums of the leaves that each row reaches, rows x outputs; whole numbers. */
function leafSums(forest: Forest, columns: Float32Array[], rowCount: number): Float64Array {
  const rows = toRows(columns, rowCount);
  const { treeCount, outputCount, treeStart } = forest;
  const sums = new Float64Array(rowCount * outputCount);
  const leaves = new Int32Array(rowCount);
  for (let tree = 0; tree < treeCount; tree++) {
    findLeaves(forest, treeStart[tree], rows, columns.length, leaves);
    addLeaves(forest.leafValues, outputCount, leaves, sums);
  }
  return sums;
}

function toRows(columns: Float32Array[], rowCount: number): Float32Array {
  const width = columns.length;
  const rows = new Float32Array(rowCount * width);
  for (const [index, column] of columns.entries())
    for (let row = 0; row < rowCount; row++) rows[row * width + index] = column[row];
  return rows;
}

function findLeaves(forest: Forest, root: number, rows: Float32Array, width: number, leaves: Int32Array): void {
  const { feature, threshold, missingLeft, left } = forest;
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

function addLeaves(leafValues: Int32Array, outputCount: number, leaves: Int32Array, sums: Float64Array): void {
  for (let row = 0; row < leaves.length; row++)
    for (let output = 0; output < outputCount; output++)
      sums[row * outputCount + output] += leafValues[leaves[row] * outputCount + output];
}
