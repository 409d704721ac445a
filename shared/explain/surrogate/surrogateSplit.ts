import type { Outputs } from "../model/blackBox";
import type { NumberRows } from "../model/numberRows";

export interface SplitTask {
  rows: NumberRows;
  answers: Outputs;
  /** the rows to split */
  members: Int32Array;
  feature: number;
  isCategory: readonly boolean[];
  minLeafRows: number;
}

export interface BestSplit {
  feature: number;
  threshold?: number;
  values?: number[];
  /** where rows go whose value is missing; with none among the members, where most of them go */
  missingLeft: boolean;
  /** whether any member's value was missing */
  hasMissing: boolean;
  /** reduction of the squared error, over all answers */
  gain: number;
}

/** Rows that share a value: their number, and the sum of each answer. */
interface Group {
  value: number;
  count: number;
  sums: Float64Array;
}

/** The split of one feature that reduces the squared error most; undefined if none leaves enough rows on both sides. */
export function bestSplit(task: SplitTask): BestSplit | undefined {
  const groups = groupRows(task);
  const missing = groups.find(({ value }) => Number.isNaN(value));
  const present = groups.filter((group) => group !== missing);
  const isCategory = task.isCategory[task.feature];
  let best: BestSplit | undefined;
  for (const ordered of isCategory ? categoryOrders(present, task.answers.outputCount) : [byValue(present)])
    for (const missingLeft of missing ? [false, true] : [false]) best = scan(task, ordered, missing, missingLeft, best);
  return best;
}

function groupRows({ rows, answers, members, feature }: SplitTask): Group[] {
  const { values, outputCount } = answers;
  const groups = new Map<number, Group>();
  for (const row of members) {
    const value = rows.cells[row * rows.width + feature];
    let group = groups.get(value);
    if (group === undefined) {
      group = { value, count: 0, sums: new Float64Array(outputCount) };
      groups.set(value, group);
    }
    group.count++;
    for (let output = 0; output < outputCount; output++) group.sums[output] += values[row * outputCount + output];
  }
  return [...groups.values()];
}

function byValue(groups: Group[]): Group[] {
  return groups.slice().sort((a, b) => a.value - b.value);
}

/**
 * For one answer, the best set of categories is a prefix in the order of their means (W. Fisher, 1958): one order per
 * answer.
 */
function categoryOrders(groups: Group[], outputCount: number): Group[][] {
  const answers = outputCount === 2 ? [1] : Array.from({ length: outputCount }, (_, output) => output);
  return answers.map((output) =>
    groups.slice().sort((a, b) => a.sums[output] / a.count - b.sums[output] / b.count || a.value - b.value),
  );
}

function scan(
  task: SplitTask,
  ordered: Group[],
  missing: Group | undefined,
  missingLeft: boolean,
  known: BestSplit | undefined,
): BestSplit | undefined {
  const { minLeafRows, feature } = task;
  const all = missing ? [...ordered, missing] : ordered;
  const total = add(all);
  const left = add(missing && missingLeft ? [missing] : [], total.sums.length);
  let best = known;
  for (let at = 0; at + 1 < ordered.length; at++) {
    left.count += ordered[at].count;
    for (let i = 0; i < left.sums.length; i++) left.sums[i] += ordered[at].sums[i];
    if (left.count < minLeafRows || total.count - left.count < minLeafRows) continue;
    const gain = gainOf(left, total);
    if (!(gain > (best?.gain ?? 1e-12 * total.count))) continue;
    const toLeft = missing ? missingLeft : left.count * 2 > total.count;
    best = { feature, missingLeft: toLeft, hasMissing: missing !== undefined, gain, ...cut(task, ordered, at) };
  }
  return best;
}

function cut(task: SplitTask, ordered: Group[], at: number): { threshold?: number; values?: number[] } {
  if (task.isCategory[task.feature]) return { values: ordered.slice(0, at + 1).map(({ value }) => value) };
  return { threshold: (ordered[at].value + ordered[at + 1].value) / 2 };
}

function add(groups: Group[], width = groups[0]?.sums.length ?? 0): { count: number; sums: Float64Array } {
  const sums = new Float64Array(width);
  let count = 0;
  for (const group of groups) {
    count += group.count;
    for (let i = 0; i < width; i++) sums[i] += group.sums[i];
  }
  return { count, sums };
}

function gainOf(left: { count: number; sums: Float64Array }, total: { count: number; sums: Float64Array }): number {
  let gain = 0;
  for (let i = 0; i < total.sums.length; i++) {
    const right = total.sums[i] - left.sums[i];
    gain += left.sums[i] ** 2 / left.count + right ** 2 / (total.count - left.count) - total.sums[i] ** 2 / total.count;
  }
  return gain;
}
