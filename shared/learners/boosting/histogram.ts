/** Entries of one column in a histogram. */
export const binStride = 256;

/** A histogram of the four columns of each group: column 4 x group + k has its bins from k x 256 on. */
export type Histogram = Float64Array[];

type Accumulate = (histogram: Float64Array, words: Int32Array, rows: Int32Array, packed: Float64Array) => void;

/**
 * Adds the packed derivatives, in the order of `rows`, to the histograms of the first 1, 2, 3 or 4 columns of a group.
 * Constant offsets and two rows per turn halve the time.
 */
export const accumulators: readonly Accumulate[] = [accumulate1, accumulate2, accumulate3, accumulate4];

function accumulate1(histogram: Float64Array, words: Int32Array, rows: Int32Array, packed: Float64Array): void {
  const odd = packed.length & 1;
  if (odd === 1) accumulateFirst(histogram, words, rows, packed, 1);
  for (let at = odd; at < packed.length; at += 2) {
    const word = words[rows[at]];
    const next = words[rows[at + 1]];
    const own = packed[at];
    const nextPacked = packed[at + 1];
    histogram[word & 255] += own;
    histogram[next & 255] += nextPacked;
  }
}

function accumulate2(histogram: Float64Array, words: Int32Array, rows: Int32Array, packed: Float64Array): void {
  const odd = packed.length & 1;
  if (odd === 1) accumulateFirst(histogram, words, rows, packed, 2);
  for (let at = odd; at < packed.length; at += 2) {
    const word = words[rows[at]];
    const next = words[rows[at + 1]];
    const own = packed[at];
    const nextPacked = packed[at + 1];
    histogram[word & 255] += own;
    histogram[256 | ((word >> 8) & 255)] += own;
    histogram[next & 255] += nextPacked;
    histogram[256 | ((next >> 8) & 255)] += nextPacked;
  }
}

function accumulate3(histogram: Float64Array, words: Int32Array, rows: Int32Array, packed: Float64Array): void {
  const odd = packed.length & 1;
  if (odd === 1) accumulateFirst(histogram, words, rows, packed, 3);
  for (let at = odd; at < packed.length; at += 2) {
    const word = words[rows[at]];
    const next = words[rows[at + 1]];
    const own = packed[at];
    const nextPacked = packed[at + 1];
    histogram[word & 255] += own;
    histogram[256 | ((word >> 8) & 255)] += own;
    histogram[512 | ((word >> 16) & 255)] += own;
    histogram[next & 255] += nextPacked;
    histogram[256 | ((next >> 8) & 255)] += nextPacked;
    histogram[512 | ((next >> 16) & 255)] += nextPacked;
  }
}

function accumulate4(histogram: Float64Array, words: Int32Array, rows: Int32Array, packed: Float64Array): void {
  const odd = packed.length & 1;
  if (odd === 1) accumulateFirst(histogram, words, rows, packed, 4);
  for (let at = odd; at < packed.length; at += 2) {
    const word = words[rows[at]];
    const next = words[rows[at + 1]];
    const own = packed[at];
    const nextPacked = packed[at + 1];
    histogram[word & 255] += own;
    histogram[256 | ((word >> 8) & 255)] += own;
    histogram[512 | ((word >> 16) & 255)] += own;
    histogram[768 | (word >>> 24)] += own;
    histogram[next & 255] += nextPacked;
    histogram[256 | ((next >> 8) & 255)] += nextPacked;
    histogram[512 | ((next >> 16) & 255)] += nextPacked;
    histogram[768 | (next >>> 24)] += nextPacked;
  }
}

/**
 * The row without a pair comes before the loop: code after a loop that was compiled while it ran for the first time
 * would be thrown away.
 */
function accumulateFirst(
  histogram: Float64Array,
  words: Int32Array,
  rows: Int32Array,
  packed: Float64Array,
  width: number,
): void {
  for (let k = 0; k < width; k++) histogram[k * binStride + ((words[rows[0]] >> (8 * k)) & 255)] += packed[0];
}

/** Adds the packed derivatives to the histogram of column `k` of a group alone. */
export function accumulateColumn(
  histogram: Float64Array,
  k: number,
  words: Int32Array,
  rows: Int32Array,
  packed: Float64Array,
): void {
  const from = k * binStride;
  for (let at = 0; at < packed.length; at++) histogram[from + ((words[rows[at]] >> (8 * k)) & 255)] += packed[at];
}

/** Takes a child's histogram away from its parent's, which becomes the other child's. */
export function subtractHistogram(parent: Float64Array, child: Float64Array, from: number, to: number): void {
  for (let at = from; at < to; at++) parent[at] -= child[at];
}
