import { type FeatureTable, selectRows } from "../featureTable";
import { dayMs } from "../time";
import { addMoments, emptyMoments } from "./momentSums";
import {
  addCode,
  addNumber,
  type CategoryProfile,
  emptyProfile,
  type FeatureBins,
  type NumberBins,
  type NumberProfile,
  type Profile,
} from "./profile";
import type { MonitoringReference, ReferenceDay } from "./reference";
import type { CellFaults, MomentSums } from "./windowProfile";

/** The training rows, in any order. */
export interface TrainedRows {
  table: FeatureTable;
  /** epoch ms per row, where they have a time */
  times?: Float64Array;
  /** the entity of each row, by number, where it is known */
  entities?: Int32Array;
  /** of the training profile */
  bins: FeatureBins[];
}

/** days beyond the newest three years are left out */
const mostDays = 3 * 366;

/** What monitoring keeps of the training rows: their days, their cells' faults, and sums of their numbers. */
export function referenceRows(rows: TrainedRows): Pick<MonitoringReference, "days" | "faults" | "moments"> {
  const { table, times, bins } = rows;
  const order = times && timeOrder(times);
  const inOrder = order === undefined ? table : selectRows(table, order);
  const sortedTimes = order && times && Float64Array.from(order, (row) => times[row]);
  const groups = sortedTimes && (entitiesOf(rows, order) ?? placesInTime(sortedTimes));
  return {
    ...(sortedTimes && { days: daysOf(inOrder, sortedTimes, bins) }),
    faults: faultsOf(inOrder, bins, groups),
    moments: momentsOf(inOrder, 0, table.rowCount),
  };
}

function timeOrder(times: Float64Array): Int32Array {
  return Int32Array.from(times, (_time, row) => row).sort((a, b) => times[a] - times[b] || a - b);
}

function entitiesOf({ entities }: TrainedRows, order: Int32Array | undefined): Int32Array | undefined {
  return entities && order && Int32Array.from(order, (row) => entities[row]);
}

/** Where the entity is not known: the first of the rows of one time, the second, ... stand for one each. */
function placesInTime(times: Float64Array): Int32Array {
  const places = new Int32Array(times.length);
  for (let row = 1; row < times.length; row++) places[row] = times[row] === times[row - 1] ? places[row - 1] + 1 : 0;
  return places;
}

function daysOf(table: FeatureTable, times: Float64Array, bins: FeatureBins[]): ReferenceDay[] {
  const days: ReferenceDay[] = [];
  let from = 0;
  while (from < table.rowCount) {
    const day = Math.floor(times[from] / dayMs);
    let to = from + 1;
    while (to < table.rowCount && Math.floor(times[to] / dayMs) === day) to++;
    days.push(dayOf(table, from, to, { bins, day: new Date(day * dayMs).toISOString().slice(0, 10) }));
    from = to;
  }
  return days.slice(-mostDays);
}

function dayOf(
  table: FeatureTable,
  from: number,
  to: number,
  { bins, day }: { bins: FeatureBins[]; day: string },
): ReferenceDay {
  return { day, ...countedRows(table, bins, from, to) };
}

/** Profile and sums of the rows from `from` up to `to`, in their order. */
export function countedRows(
  { numbers, categories }: FeatureTable,
  bins: FeatureBins[],
  from: number,
  to: number,
): { inputs: Profile; moments: MomentSums } {
  const inputs = emptyProfile(bins);
  inputs.rows = to - from;
  for (const [i, { values }] of numbers.entries())
    for (let row = from; row < to; row++)
      addNumber(bins[i] as NumberBins, inputs.features[i] as NumberProfile, values[row]);
  for (const [i, { codes }] of categories.entries())
    for (let row = from; row < to; row++) addCode(inputs.features[numbers.length + i] as CategoryProfile, codes[row]);
  return { inputs, moments: momentsOf({ numbers }, from, to) };
}

function momentsOf({ numbers }: Pick<FeatureTable, "numbers">, from: number, to: number): MomentSums {
  const moments = emptyMoments(numbers.map(({ name }) => name));
  const values = new Float64Array(numbers.length);
  for (let row = from; row < to; row++) {
    for (let i = 0; i < numbers.length; i++) values[i] = numbers[i].values[row];
    addMoments(moments, values);
  }
  return moments;
}

function faultsOf(
  { numbers, categories }: FeatureTable,
  bins: FeatureBins[],
  groups: Int32Array | undefined,
): CellFaults[] {
  const isMissing = (value: number) => Number.isNaN(value);
  const isUnknown = (code: number) => code < 0;
  return [
    ...numbers.map(({ values }, i) => ({
      ...cellFaults(values, groups, isMissing),
      beyondFences: beyondFences(values, bins[i] as NumberBins),
    })),
    ...categories.map(({ codes }) => cellFaults(codes, groups, isUnknown)),
  ];
}

function beyondFences(values: ArrayLike<number>, { fences }: NumberBins): number {
  if (fences === undefined) return 0;
  let beyond = 0;
  for (let row = 0; row < values.length; row++) if (values[row] < fences[0] || values[row] > fences[1]) beyond++;
  return beyond;
}

/** Training refuses cells of a wrong type, and counts those out of range and sentinels as missing. */
function cellFaults(
  values: ArrayLike<number>,
  groups: Int32Array | undefined,
  isMissing: (value: number) => boolean,
): CellFaults {
  const none = { wrongType: 0, outOfRange: 0, outside: null, beyondFences: 0, sentinels: 0 };
  let missing = 0;
  let longestRun = 0;
  const runs = new Map<number, { value: number; length: number }>();
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (isMissing(value)) {
      missing++;
      continue;
    }
    const group = groups?.[row] ?? 0;
    const run = runs.get(group);
    const length = run?.value === value ? run.length + 1 : 1;
    runs.set(group, { value, length });
    longestRun = Math.max(longestRun, length);
  }
  return { missing, ...none, longestRun };
}
