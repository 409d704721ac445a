/** Bin 0 holds the missing values, 1 to 255 the rest in ascending order. */
const maxBin = 255;

/** A numeric column cut into bins for one fit; the arrays `lowest` and `highest` are indexed by bin. */
export interface BinnedColumn {
  /** per row: bin x classes + class, so that one index addresses a class histogram */
  codes: Uint16Array;
  /** bins in use, bin 0 included */
  binCount: number;
  /** smallest and largest value of each bin */
  lowest: Float32Array;
  highest: Float32Array;
}

/** Bins `values` by quantile (one bin per distinct value while they are few) and joins each row's class to its bin. */
export function binColumn(values: Float32Array, classes: Int32Array, classCount: number): BinnedColumn {
  const sorted = sortedNumbers(values);
  const { lowest, highest } = cutBins(sorted);
  const codes = new Uint16Array(values.length);
  assignBins(values, classes, classCount, highest, codes);
  return { codes, binCount: highest.length, lowest, highest };
}

/** Ascending, without NaN. */
function sortedNumbers(values: Float32Array): Float32Array {
  const sorted = values.slice().sort(); // typed arrays sort numerically, NaN last
  let count = sorted.length;
  while (count > 0 && Number.isNaN(sorted[count - 1])) count--;
  return sorted.subarray(0, count);
}

function cutBins(sorted: Float32Array): Pick<BinnedColumn, "lowest" | "highest"> {
  const lowest = [Number.NaN];
  const highest = [Number.NaN];
  const few = countDistinct(sorted) <= maxBin;
  let start = 0;
  while (start < sorted.length) {
    const share = few ? 1 : Math.ceil((sorted.length - start) / (maxBin + 1 - lowest.length));
    let end = start + share;
    while (end < sorted.length && sorted[end] === sorted[end - 1]) end++;
    lowest.push(sorted[start]);
    highest.push(sorted[end - 1]);
    start = end;
  }
  return { lowest: Float32Array.from(lowest), highest: Float32Array.from(highest) };
}

function countDistinct(sorted: Float32Array): number {
  let count = sorted.length > 0 ? 1 : 0;
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) count++;
  return count;
}

function assignBins(
  values: Float32Array,
  classes: Int32Array,
  classCount: number,
  highest: Float32Array,
  codes: Uint16Array,
): void {
  for (let row = 0; row < values.length; row++) codes[row] = binOf(values[row], highest) * classCount + classes[row];
}

/** The first bin whose highest value is not below `value`; 0 for NaN. */
function binOf(value: number, highest: Float32Array): number {
  if (Number.isNaN(value)) return 0;
  let low = 1;
  let high = highest.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (highest[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
