import type { SqlColumns } from "../ports";
import { hashRows } from "./hashRows";

/** For each row the first one that is equal to it in every feature, as a model sees them: numbers as float32. */
export function copyGroups(columns: SqlColumns["columns"][string][], rowCount: number): Int32Array {
  const seen = columns.map((column) => (column instanceof Float64Array ? column.map(Math.fround) : column));
  const hashes = hashRows(seen, rowCount, 0);
  const first = new Map<number, number>();
  return Int32Array.from(hashes, (hash, row) => {
    const known = first.get(hash);
    if (known === undefined) first.set(hash, row);
    return known ?? row;
  });
}

/**
 * a column with more values than this, most of them in one combination of features alone, is measured too finely for
 * rows to repeat by chance
 */
const fewValues = 50;

/**
 * Whether a column of numbers nearly identifies the groups of equal rows by itself: rows that agree in it are copies,
 * whatever their labels.
 */
export function haveContinuousColumn(columns: SqlColumns["columns"][string][], groups: Int32Array): boolean {
  const combinations = new Set(groups).size;
  return columns.some(
    (column) =>
      column instanceof Float64Array && new Set(column.map(Math.fround)).size > Math.max(fewValues, combinations / 2),
  );
}

/** Rows of equal features are worth spreading from this average number on; fewer fit into any part. */
const largeGroup = 20;
/**
 * Where rows are events of their own, pairs of rows with equal features have different labels at least this often,
 * relative to any two rows.
 */
const leastDifference = 0.3;
/** So many combinations of features and label are enough to see whether a file holds everything several times. */
const tellingCells = 10;
const mostTimes = 20;

/**
 * Whether rows of equal features are events of their own, as in a table of few columns with few values, rather than
 * copies of one: groups are large, their labels differ, and the counts are not all multiples of one number. `labels`:
 * class codes, or numbers.
 */
export function areEventsOfTheirOwn(groups: Int32Array, labels: ArrayLike<number>): boolean {
  const sizes = new Int32Array(groups.length);
  for (const group of groups) sizes[group]++;
  const meanSize = sizes.reduce((sum, size) => sum + size * size, 0) / groups.length;
  if (meanSize < largeGroup) return false;
  const counts = new Map<number, Map<number, number>>();
  const whole = new Map<number, number>();
  for (let row = 0; row < groups.length; row++) {
    const own = counts.get(groups[row]) ?? new Map<number, number>();
    counts.set(groups[row], own);
    for (const counted of [own, whole]) counted.set(labels[row], (counted.get(labels[row]) ?? 0) + 1);
  }
  const cells = [...counts.values()];
  return labelsDiffer(cells, whole) && !holdsEverythingSeveralTimes(cells.flatMap((own) => [...own.values()]));
}

type LabelCounts = Map<number, number>;

function labelsDiffer(groups: LabelCounts[], whole: LabelCounts): boolean {
  let rows = 0;
  let within = 0;
  for (const group of groups) {
    const size = sum([...group.values()]);
    rows += size;
    within += size * differingPairs(group, size);
  }
  return within / rows >= leastDifference * differingPairs(whole, rows);
}

/** Share of the pairs of rows that have two labels. */
function differingPairs(counts: LabelCounts, size: number): number {
  if (size < 2) return 0;
  return 1 - sum([...counts.values()].map((count) => count * (count - 1))) / (size * (size - 1));
}

function holdsEverythingSeveralTimes(cells: number[]): boolean {
  if (cells.length < tellingCells) return false;
  const rows = sum(cells);
  for (let times = 2; times <= mostTimes; times++)
    if (sum(cells.filter((count) => count % times === 0)) >= 0.95 * rows) return true;
  return false;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
