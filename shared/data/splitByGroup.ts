import { AppError } from "../errors";
import { hashRows } from "./hashRows";
import type { RowSplit } from "./rowSplit";

/**
 * Keeps the rows of a group together: whole groups make the hold-out, the others the folds, one each (leave one group
 * out) where there are no more than `folds`. A group's place follows from a hash of its name, so it stays when groups
 * are added. AppError rejected when a row has no group, or there are fewer than three groups.
 */
export function splitByGroup(
  groups: ArrayLike<string | number | null>,
  seed: number,
  split: { column: string; holdoutFraction: number; folds: number },
): Omit<RowSplit, "blockUnit"> {
  const rowsOf = new Map<string, number[]>();
  for (let row = 0; row < groups.length; row++) {
    const group = groups[row];
    if (group === null || Number.isNaN(group))
      throw new AppError("rejected", `a labelled row has no ${split.column}, by which the split keeps rows together`);
    const rows = rowsOf.get(String(group));
    if (rows) rows.push(row);
    else rowsOf.set(String(group), [row]);
  }
  if (rowsOf.size < 3)
    throw new AppError(
      "rejected",
      `${split.column} has ${rowsOf.size} groups; one for the hold-out and two for training are needed`,
    );
  const names = byHash([...rowsOf.keys()], seed);
  const held = Math.min(Math.max(1, Math.round(names.length * split.holdoutFraction)), names.length - 2);
  const trained = names.slice(held);
  const foldCount = Math.min(split.folds, trained.length);
  const rowsWhere = (chosen: string[]) => Int32Array.from(chosen.flatMap((name) => rowsOf.get(name) ?? [])).sort();
  return {
    trainRows: rowsWhere(trained),
    holdoutRows: rowsWhere(names.slice(0, held)),
    folds: Array.from({ length: foldCount }, (_, fold) => ({
      train: rowsWhere(trained.filter((_name, at) => at % foldCount !== fold)),
      validation: rowsWhere(trained.filter((_name, at) => at % foldCount === fold)),
    })),
    blocks: numbered(groups),
  };
}

function numbered(groups: ArrayLike<string | number | null>): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from({ length: groups.length }, (_, row) => {
    const name = String(groups[row]);
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
}

function byHash(names: string[], seed: number): string[] {
  const hashes = hashRows([names], names.length, seed);
  const order = names.map((_name, at) => at).sort((a, b) => hashes[a] - hashes[b] || (names[a] < names[b] ? -1 : 1));
  return order.map((at) => names[at]);
}
