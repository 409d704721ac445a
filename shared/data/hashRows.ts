const scratch = new Float64Array(1);
const words = new Uint32Array(scratch.buffer);

/**
 * One number in [0, 2^53) per row, from the content of its columns and `seed` alone: equal rows have equal numbers,
 * whatever else is in the table. Mixing: MurmurHash3 (A. Appleby, public domain), two 32-bit states.
 */
export function hashRows(columns: (Float64Array | (string | null)[])[], rowCount: number, seed: number): Float64Array {
  const low = new Int32Array(rowCount).fill(seed | 0);
  const high = new Int32Array(rowCount).fill(~seed);
  for (const column of columns) {
    for (let row = 0; row < rowCount; row++) {
      const [a, b] = column instanceof Float64Array ? ofNumber(column[row]) : ofText(column[row]);
      low[row] = mix(mix(low[row], a), b);
      high[row] = mix(mix(high[row], b), a);
    }
  }
  const hashes = new Float64Array(rowCount);
  for (let row = 0; row < rowCount; row++)
    hashes[row] = (finish(high[row]) >>> 11) * 2 ** 32 + (finish(low[row]) >>> 0);
  return hashes;
}

function ofNumber(value: number): [number, number] {
  scratch[0] = Number.isNaN(value) ? Number.NaN : value + 0; // one NaN, and no -0
  return [words[0] | 0, words[1] | 0];
}

function ofText(text: string | null): [number, number] {
  if (text === null) return [1, 2];
  let a = text.length;
  let b = 3;
  for (let i = 0; i < text.length; i++) {
    a = mix(a, text.charCodeAt(i));
    b = Math.imul(b ^ text.charCodeAt(i), 0x01000193);
  }
  return [a, b];
}

function mix(state: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  const mixed = state ^ Math.imul(k, 0x1b873593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(state: number): number {
  let h = state ^ (state >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
