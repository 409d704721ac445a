/** Entries of one column in a histogram. */
export const binStride = 256;

/** Rows of a node with their lanes in the same order. */
export interface NodeRows {
  /** row indices; those of the node stand in [from, to) */
  rows: Int32Array;
  from: number;
  to: number;
  /** lane of rows[from + k] at k */
  lanes: Float64Array;
}

type Accumulate = (histogram: Float64Array, at: number, words: Int32Array, wordsFrom: number, node: NodeRows) => void;

/** Adds lanes to the histograms of the first 1, 2, 3 or 4 columns of a group; `at` is the first entry of the group. */
const accumulators: readonly Accumulate[] = [accumulate1, accumulate2, accumulate3, accumulate4];

/** Adds the node's lanes to the histograms of the first `width` columns (1 to 4) of a group of words. */
export function accumulateGroup(
  width: number,
  histogram: Float64Array,
  at: number,
  words: Int32Array,
  wordsFrom: number,
  node: NodeRows,
): void {
  accumulators[width - 1](histogram, at, words, wordsFrom, node);
}

function accumulate1(histogram: Float64Array, at: number, words: Int32Array, wordsFrom: number, node: NodeRows): void {
  accumulateColumn(histogram, at, words, wordsFrom, 0, node);
}

/** Adds the node's lanes to the histogram of the column in bits `shift` to `shift` + 7 of a group of words. */
export function accumulateColumn(
  histogram: Float64Array,
  at: number,
  words: Int32Array,
  wordsFrom: number,
  shift: number,
  { rows, from, to, lanes }: NodeRows,
): void {
  for (let k = 0; k < to - from; k++) histogram[at + ((words[wordsFrom + rows[from + k]] >>> shift) & 255)] += lanes[k];
}

function accumulate2(
  histogram: Float64Array,
  at: number,
  words: Int32Array,
  wordsFrom: number,
  { rows, from, to, lanes }: NodeRows,
): void {
  const second = at + binStride;
  for (let k = 0; k < to - from; k++) {
    const word = words[wordsFrom + rows[from + k]];
    const lane = lanes[k];
    histogram[at + (word & 255)] += lane;
    histogram[second + ((word >>> 8) & 255)] += lane;
  }
}

function accumulate3(
  histogram: Float64Array,
  at: number,
  words: Int32Array,
  wordsFrom: number,
  { rows, from, to, lanes }: NodeRows,
): void {
  const second = at + binStride;
  const third = second + binStride;
  for (let k = 0; k < to - from; k++) {
    const word = words[wordsFrom + rows[from + k]];
    const lane = lanes[k];
    histogram[at + (word & 255)] += lane;
    histogram[second + ((word >>> 8) & 255)] += lane;
    histogram[third + ((word >>> 16) & 255)] += lane;
  }
}

function accumulate4(
  histogram: Float64Array,
  at: number,
  words: Int32Array,
  wordsFrom: number,
  { rows, from, to, lanes }: NodeRows,
): void {
  const second = at + binStride;
  const third = second + binStride;
  const fourth = third + binStride;
  for (let k = 0; k < to - from; k++) {
    const word = words[wordsFrom + rows[from + k]];
    const lane = lanes[k];
    histogram[at + (word & 255)] += lane;
    histogram[second + ((word >>> 8) & 255)] += lane;
    histogram[third + ((word >>> 16) & 255)] += lane;
    histogram[fourth + (word >>> 24)] += lane;
  }
}

/** Takes a child's histogram away from its parent's, which becomes the other child's. */
export function subtractHistogram(parent: Float64Array, child: Float64Array, from: number, to: number): void {
  for (let at = from; at < to; at++) parent[at] -= child[at];
}
