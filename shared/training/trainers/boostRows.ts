/** Where the bins of one column stand: 8 bits from `shift` on, in the words from `wordsFrom` on. */
export interface PackedColumn {
  words: Int32Array;
  wordsFrom: number;
  shift: number;
}

/** Writes for every bin whether its rows go left: those up to `bin`; bin 0, the missing values, by `missingLeft`. */
export function sidesOfBins(bin: number, missingLeft: boolean, goesLeft: Uint8Array): void {
  goesLeft.fill(0);
  goesLeft.fill(1, 1, bin + 1);
  goesLeft[0] = missingLeft ? 1 : 0;
}

/** Moves the rows of rows[from, to) that go left to the front, in order on both sides; returns where the right side starts. No branch depends on the data. */
export function partitionByBin(
  rows: Int32Array,
  from: number,
  to: number,
  { words, wordsFrom, shift }: PackedColumn,
  goesLeft: Uint8Array,
  scratch: Int32Array,
): number {
  let left = from;
  let right = 0;
  for (let at = from; at < to; at++) {
    const row = rows[at];
    const side = goesLeft[(words[wordsFrom + row] >>> shift) & 255];
    scratch[right] = row;
    rows[left] = row;
    left += side;
    right += 1 - side;
  }
  for (let at = 0; at < right; at++) rows[left + at] = scratch[at];
  return left;
}

/** How many of rows[from, to) are in each bin. */
export function countBins(
  rows: Int32Array,
  from: number,
  to: number,
  { words, wordsFrom, shift }: PackedColumn,
  counts: Int32Array,
): void {
  counts.fill(0);
  for (let at = from; at < to; at++) counts[(words[wordsFrom + rows[at]] >>> shift) & 255]++;
}

/** The first and last bin after which a cut leaves `least` rows on both sides; missing values go left when `start` is 0, right when it is 1. */
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
