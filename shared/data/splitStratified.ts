import type { RowSplit } from "./splitRows";

/**
 * Gives each class the same share of hold-out and of every fold. A row's place follows from its hash, so rows of one hash stay together and a
 * row keeps its part, but for a few at the borders, when the dataset grows: a champion is not tested on rows that trained it.
 */
export function splitStratified(
  target: Int32Array,
  hashes: Float64Array,
  split: { holdoutFraction: number; folds: number },
): RowSplit {
  /** hold-out 0, folds 1, 2, ... */
  const parts = new Int32Array(target.length);
  for (const rows of byClass(target)) {
    rows.sort((a, b) => hashes[a] - hashes[b] || a - b);
    const held = afterEquals(rows, hashes, Math.round(rows.length * split.holdoutFraction));
    let from = held;
    for (let fold = 1; fold <= split.folds; fold++) {
      const end = afterEquals(rows, hashes, held + Math.round(((rows.length - held) * fold) / split.folds));
      for (; from < end; from++) parts[rows[from]] = fold;
    }
  }
  const rowsWhere = (wanted: (part: number) => boolean) => {
    const all = Int32Array.from({ length: target.length }, (_, row) => row);
    return all.filter((row) => wanted(parts[row]));
  };
  return {
    trainRows: rowsWhere((part) => part > 0),
    holdoutRows: rowsWhere((part) => part === 0),
    folds: Array.from({ length: split.folds }, (_, i) => ({
      train: rowsWhere((part) => part > 0 && part !== i + 1),
      validation: rowsWhere((part) => part === i + 1),
    })),
  };
}

function byClass(target: Int32Array): Int32Array[] {
  const counts = new Map<number, number>();
  for (const code of target) counts.set(code, (counts.get(code) ?? 0) + 1);
  const groups = new Map([...counts].map(([code, count]) => [code, new Int32Array(count)]));
  const used = new Map<number, number>();
  for (let row = 0; row < target.length; row++) {
    const at = used.get(target[row]) ?? 0;
    (groups.get(target[row]) as Int32Array)[at] = row;
    used.set(target[row], at + 1);
  }
  return [...groups.values()];
}

/** `at`, moved on past rows with the hash of the one before it. */
function afterEquals(rows: Int32Array, hashes: Float64Array, at: number): number {
  let end = at;
  while (end > 0 && end < rows.length && hashes[rows[end]] === hashes[rows[end - 1]]) end++;
  return end;
}
