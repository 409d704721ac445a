import { findLeaves, toRows } from "../graph/findLeaves";
import type { Forest } from "./forestModel";
import type { ValueScale } from "./valueLeaves";

/**
 * Mean leaf probabilities, rows x outputs, as float32 values; `columns` are the features in the forest's order, NaN
 * where missing.
 */
export function forestScores(forest: Forest, columns: Float32Array[], rowCount: number): Float64Array {
  const { leafUnits, treeCount } = forest;
  const sums = leafSums(forest, columns, rowCount);
  for (let at = 0; at < sums.length; at++) sums[at] = Math.fround(sums[at] / leafUnits / treeCount);
  return sums;
}

/** Mean leaf values, one per row, as float32 values, in the graph's own order of operations. */
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

function addLeaves(leafValues: Int32Array, outputCount: number, leaves: Int32Array, sums: Float64Array): void {
  for (let row = 0; row < leaves.length; row++)
    for (let output = 0; output < outputCount; output++)
      sums[row * outputCount + output] += leafValues[leaves[row] * outputCount + output];
}
