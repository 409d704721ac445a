const digitBits = 11;
const buckets = 1 << digitBits;
const passes = 3;

/** Sorts columns of float32 values together with their rows, in buffers that are allocated once. */
export class FloatSorter {
  private keys: Int32Array;
  private order: Int32Array;
  private nextKeys: Int32Array;
  private nextOrder: Int32Array;
  private readonly counts = new Int32Array(passes * buckets);

  constructor(rowCount: number) {
    this.keys = new Int32Array(rowCount);
    this.order = new Int32Array(rowCount);
    this.nextKeys = new Int32Array(rowCount);
    this.nextOrder = new Int32Array(rowCount);
  }

  /**
   * The rows of `values` that are not NaN, ascending by value (rows of equal values by row); valid until the next call.
   */
  sort(values: Float32Array): Int32Array {
    const known = loadKeys(values, this.keys, this.order);
    countDigits(this.keys, known, this.counts);
    for (let pass = 0; pass < passes; pass++) {
      const starts = this.counts.subarray(pass * buckets, (pass + 1) * buckets);
      if (!toStarts(starts, known)) continue;
      scatter(this.keys, this.order, known, pass * digitBits, starts, this.nextKeys, this.nextOrder);
      [this.keys, this.nextKeys] = [this.nextKeys, this.keys];
      [this.order, this.nextOrder] = [this.nextOrder, this.order];
    }
    return this.order.subarray(0, known);
  }
}

/** The bits of each number as an unsigned integer of the same order, 0 and -0 alike; returns how many there are. */
function loadKeys(values: Float32Array, keys: Int32Array, order: Int32Array): number {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  let known = 0;
  for (let row = 0; row < values.length; row++) {
    if (Number.isNaN(values[row])) continue;
    const word = values[row] === 0 ? 0 : bits[row];
    keys[known] = word ^ ((word >> 31) | 0x80000000);
    order[known++] = row;
  }
  return known;
}

function countDigits(keys: Int32Array, known: number, counts: Int32Array): void {
  counts.fill(0);
  for (let at = 0; at < known; at++) {
    const key = keys[at];
    counts[key & (buckets - 1)]++;
    counts[buckets + ((key >>> digitBits) & (buckets - 1))]++;
    counts[2 * buckets + (key >>> (2 * digitBits))]++;
  }
}

/** Turns counts into first places; false when all keys share one digit, so that there is nothing to move. */
function toStarts(counts: Int32Array, known: number): boolean {
  let start = 0;
  for (let digit = 0; digit < counts.length; digit++) {
    const count = counts[digit];
    if (count === known) return false;
    counts[digit] = start;
    start += count;
  }
  return true;
}

function scatter(
  keys: Int32Array,
  order: Int32Array,
  known: number,
  shift: number,
  starts: Int32Array,
  nextKeys: Int32Array,
  nextOrder: Int32Array,
): void {
  for (let at = 0; at < known; at++) {
    const key = keys[at];
    const digit = (key >>> shift) & (buckets - 1);
    const place = starts[digit];
    starts[digit] = place + 1;
    nextKeys[place] = key;
    nextOrder[place] = order[at];
  }
}
