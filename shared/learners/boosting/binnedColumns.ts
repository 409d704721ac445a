import { FloatSorter } from "../../math/sortFloats";

/** Bin 0 holds the missing values, 1 to 255 the rest in ascending order. */
const maxBin = 255;

/** Smallest and largest training value of each bin of a column. */
export interface BinEdges {
  lowest: Float32Array;
  highest: Float32Array;
}

/** All columns cut into bins, four columns packed in a word: a histogram pass reads each row once for four columns. */
export interface BinnedColumns {
  rowCount: number;
  /** one word per row for every four columns; the bin of column 4 x group + k is in bits 8k to 8k + 7 */
  groups: Int32Array[];
  columns: BinEdges[];
}

/** Bins `columns` by quantile, one bin per distinct value while they are few. */
export function binColumns(columns: readonly Float32Array[], rowCount: number): BinnedColumns {
  const groups = Array.from({ length: Math.ceil(columns.length / 4) }, () => new Int32Array(rowCount));
  const sorter = new FloatSorter(rowCount);
  const edges = columns.map((values, column) => {
    const order = sorter.sort(values);
    const ends = cutBins(values, order);
    packBins(order, ends, groups[column >> 2], 8 * (column & 3));
    return binEdges(values, order, ends);
  });
  return { rowCount, groups, columns: edges };
}

/** Where each bin from 1 on ends in `order`; equal values share a bin. */
function cutBins(values: Float32Array, order: Int32Array): number[] {
  const few = countDistinct(values, order) <= maxBin;
  const ends: number[] = [];
  for (let start = 0; start < order.length; start = ends[ends.length - 1]) {
    let end = start + (few ? 1 : Math.ceil((order.length - start) / (maxBin - ends.length)));
    while (end < order.length && values[order[end]] === values[order[end - 1]]) end++;
    ends.push(end);
  }
  return ends;
}

/** Distinct values, counted until they are too many for one bin each. */
function countDistinct(values: Float32Array, order: Int32Array): number {
  let count = order.length > 0 ? 1 : 0;
  for (let at = 1; at < order.length && count <= maxBin; at++) if (values[order[at]] !== values[order[at - 1]]) count++;
  return count;
}

function packBins(order: Int32Array, ends: readonly number[], words: Int32Array, shift: number): void {
  let from = 0;
  for (let index = 0; index < ends.length; index++) {
    packBin(order, from, ends[index], (index + 1) << shift, words);
    from = ends[index];
  }
}

function packBin(order: Int32Array, from: number, to: number, bits: number, words: Int32Array): void {
  for (let at = from; at < to; at++) words[order[at]] |= bits;
}

function binEdges(values: Float32Array, order: Int32Array, ends: readonly number[]): BinEdges {
  const lowest = new Float32Array(ends.length + 1).fill(Number.NaN);
  const highest = lowest.slice();
  for (let index = 0; index < ends.length; index++) {
    lowest[index + 1] = values[order[index === 0 ? 0 : ends[index - 1]]];
    highest[index + 1] = values[order[ends[index] - 1]];
  }
  return { lowest, highest };
}
