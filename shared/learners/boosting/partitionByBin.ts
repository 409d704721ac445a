/**
 * Which bins of a column go left, in a form that no branch depends on: those whose bin less `offset`, as a byte, is
 * below `bound`.
 */
export interface BinSide {
  words: Int32Array;
  /** bit position of the column's byte */
  shift: number;
  /** 1 where missing values (bin 0) go right: they then count as the last bin */
  offset: number;
  bound: number;
}

/**
 * Writes the rows that go left to the front of target[from, to), the others from its end backwards; returns where the
 * right side starts.
 */
export function partitionByBin(
  rows: Int32Array,
  from: number,
  to: number,
  { words, shift, offset, bound }: BinSide,
  target: Int32Array,
): number {
  let left = from;
  let right = to - 1;
  for (let at = from; at < to; at++) {
    const row = rows[at];
    const goesLeft = ((((words[row] >> shift) - offset) & 255) - bound) >>> 31;
    target[left] = row;
    target[right] = row;
    left += goesLeft;
    right += goesLeft - 1;
  }
  return left;
}

/** How many of `rows` are in each bin of the column at bit `shift`. */
export function countBins(rows: Int32Array, words: Int32Array, shift: number, counts: Int32Array): void {
  counts.fill(0);
  for (let at = 0; at < rows.length; at++) counts[(words[rows[at]] >> shift) & 255]++;
}

/**
 * The first and last bin after which a cut leaves `least` rows on both sides; missing values go left when `start` is 0,
 * right when it is 1.
 */
export function cutRange(counts: Int32Array, start: 0 | 1, least: number): { first: number; last: number } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let rows = 0;
  let first = -1;
  let last = -1;
  for (let bin = start; bin < counts.length; bin++) {
    rows += counts[bin];
    if (rows < least) continue;
    if (total - rows < least) break;
    if (first < 0) first = bin;
    last = bin;
  }
  return first < 0 ? { first: 0, last: -1 } : { first, last };
}
