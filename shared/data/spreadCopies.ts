import { hashRows } from "./hashRows";
import type { Places } from "./splitStratified";

/** So many copies of a row may be there by mistake; more of them are normal for few columns of few values. */
const handful = 5;

/**
 * Places of rows where those of equal features and one class go on by handfuls: the first keeps the rows' own hash,
 * each further one gets another. Without this a combination that hundreds of rows share would be in one part of the
 * data alone. Rows of a class are counted in the order of their `values`, where they have them, so that their order in
 * the file changes nothing.
 */
export function spreadCopies(target: Int32Array, hashes: Float64Array, values?: Float64Array): Places {
  const order = Array.from(hashes, (_hash, row) => row);
  if (values) order.sort((a, b) => values[a] - values[b] || a - b);
  const copies = new Map<string, { before: number; first: number }>();
  const handfuls = new Float64Array(hashes.length);
  const groups = new Int32Array(hashes.length);
  for (const row of order) {
    const key = `${target[row]} ${hashes[row]}`;
    const { before, first } = copies.get(key) ?? { before: 0, first: row };
    handfuls[row] = Math.floor(before / handful);
    groups[row] = before % handful === 0 ? row : first;
    copies.set(key, { before: before + 1, first: groups[row] });
  }
  const others = hashRows([hashes, handfuls], hashes.length, 0);
  return { groups, hashes: hashes.map((hash, row) => (handfuls[row] === 0 ? hash : others[row])) };
}
