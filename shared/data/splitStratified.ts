import type { RowSplit } from "./rowSplit";

/** What places rows: those of one group stay together, where the least of their hashes says. */
export interface Places {
  groups: Int32Array;
  hashes: Float64Array;
}

/** Rows that stay together: how many they are, of which class, and the hash that places them. */
interface Unit {
  rows: number[];
  hash: number;
  code: number;
}

/**
 * Gives each class the same share of hold-out and of every fold. Rows of one group stay together and count for the
 * class that most of them have; a group's place follows from its hash, so that it keeps its part, but for a few at the
 * borders, when the dataset grows: a champion is not tested on rows that trained it. Rounding errors of one class are
 * made up for by the next one.
 */
export function splitStratified(
  target: Int32Array,
  places: Places,
  split: { holdoutFraction: number; folds: number },
): Pick<RowSplit, "trainRows" | "holdoutRows" | "folds"> {
  /** hold-out 0, folds 1, 2, ... */
  const parts = new Int32Array(target.length);
  const shares = [split.holdoutFraction];
  for (let fold = 1; fold < split.folds; fold++)
    shares.push(split.holdoutFraction + ((1 - split.holdoutFraction) * fold) / split.folds);
  const owed = new Float64Array(shares.length);
  for (const units of byClass(unitsOf(target, places))) {
    const ends = cutPoints(units, shares, owed);
    for (const [at, unit] of units.entries())
      for (const row of unit.rows) parts[row] = ends.filter((end) => at >= end).length;
  }
  const every = Int32Array.from(target, (_code, row) => row);
  return {
    trainRows: every.filter((row) => parts[row] > 0),
    holdoutRows: every.filter((row) => parts[row] === 0),
    folds: Array.from({ length: split.folds }, (_, i) => ({
      train: every.filter((row) => parts[row] > 0 && parts[row] !== i + 1),
      validation: every.filter((row) => parts[row] === i + 1),
    })),
  };
}

function unitsOf(target: Int32Array, { groups, hashes }: Places): Unit[] {
  const units = new Map<number, Unit>();
  for (let row = 0; row < target.length; row++) {
    const unit = units.get(groups[row]);
    if (unit === undefined) units.set(groups[row], { rows: [row], hash: hashes[row], code: target[row] });
    else {
      unit.rows.push(row);
      unit.hash = Math.min(unit.hash, hashes[row]);
    }
  }
  for (const unit of units.values())
    if (unit.rows.length > 1) unit.code = commonest(unit.rows.map((row) => target[row]));
  return [...units.values()];
}

/** The code that occurs most often; of several the lowest. */
function commonest(codes: number[]): number {
  const counts = new Map<number, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].reduce((a, b) => (b[1] > a[1] || (b[1] === a[1] && b[0] < a[0]) ? b : a))[0];
}

/** Units of each class in the order of their hashes. */
function byClass(units: Unit[]): Unit[][] {
  const classes = new Map<number, Unit[]>();
  for (const unit of units) {
    const own = classes.get(unit.code);
    if (own) own.push(unit);
    else classes.set(unit.code, [unit]);
  }
  const ordered = [...classes].sort(([a], [b]) => a - b).map(([, own]) => own);
  for (const own of ordered) own.sort((a, b) => a.hash - b.hash || a.rows[0] - b.rows[0]);
  return ordered;
}

/**
 * How many units come before each border, so that its share of the class's rows is nearest to what is wanted and owed
 * from classes before.
 */
function cutPoints(units: Unit[], shares: number[], owed: Float64Array): number[] {
  const before = [0];
  for (const { rows } of units) before.push(before[before.length - 1] + rows.length);
  const total = before[units.length];
  let least = 0;
  return shares.map((share, border) => {
    const wanted = total * share + owed[border];
    let end = least;
    while (end < units.length && Math.abs(before[end + 1] - wanted) <= Math.abs(before[end] - wanted)) end++;
    owed[border] = wanted - before[end];
    least = end;
    return end;
  });
}
