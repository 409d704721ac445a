/** Hashes of rows in two halves, made cell by cell (multiply and rotate, as in MurmurHash3). */
export class RowHash {
  readonly high: Int32Array;
  readonly low: Int32Array;

  constructor(rows: number) {
    this.high = new Int32Array(rows);
    this.low = new Int32Array(rows);
  }

  /** Takes a column's numbers into the hashes of `count` rows. */
  add(values: Float64Array, count: number): void {
    const { high, low } = this;
    const bits = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
    for (let row = 0; row < count; row++) {
      const cell = bits[2 * row] ^ Math.imul(bits[2 * row + 1], 0xcc9e2d51);
      high[row] = Math.imul(((high[row] << 5) | (high[row] >>> 27)) ^ cell, 0x9e3779b1);
      low[row] = Math.imul(((low[row] << 13) | (low[row] >>> 19)) ^ cell, 0x1b873593);
    }
  }

  /** Mixes the halves, so that each bit of them depends on every cell. */
  finish(count: number): void {
    const { high, low } = this;
    for (let row = 0; row < count; row++) {
      const mixed = Math.imul(high[row] ^ (high[row] >>> 16), 0x85ebca6b) ^ low[row];
      high[row] = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
      low[row] = Math.imul(low[row] ^ (low[row] >>> 15) ^ high[row], 0x27d4eb2f);
    }
  }

  /** Starts the next rows. */
  clear(count: number): void {
    this.high.fill(0, 0, count);
    this.low.fill(0, 0, count);
  }
}
