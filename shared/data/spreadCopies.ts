import { hashRows } from "./hashRows";

/** So many copies of a row may be there by mistake; more of them are what few columns of few values look like. */
const handful = 5;

/**
 * The hashes that place rows, where those of equal features and one class go on by handfuls: the first keeps the rows' own hash, each
 * further one gets another. Without this a combination that hundreds of rows share would be in one part of the data alone. Rows of a
 * class are counted in the order of their `values`, where they have them, so that their order in the file changes nothing.
 */
export function spreadCopies(target: Int32Array, hashes: Float64Array, values?: Float64Array): Float64Array {
  const order = Array.from(hashes, (_hash, row) => row);
  if (values) order.sort((a, b) => values[a] - values[b] || a - b);
  const copies = new Map<string, number>();
  const handfuls = new Float64Array(hashes.length);
  for (const row of order) {
    const key = `${target[row]} ${hashes[row]}`;
    const before = copies.get(key) ?? 0;
    handfuls[row] = Math.floor(before / handful);
    copies.set(key, before + 1);
  }
  const others = hashRows([hashes, handfuls], hashes.length, 0);
  return hashes.map((hash, row) => (handfuls[row] === 0 ? hash : others[row]));
}
