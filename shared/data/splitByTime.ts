import { dayMs } from "../time";
import type { Fold } from "./preparedData";
import type { RowSplit } from "./rowSplit";

/** How the folds of a split by time lie within its training rows. */
export interface TimeFolds {
  count: number;
  /** of the training rows, those before the first fold's validation rows; by default as rows lie in time */
  firstShare?: number;
  /** a fold trains on everything before its validation rows, or on as many rows as the first one does */
  window?: "expanding" | "sliding";
}

/** How much denser rows must be at the end than at the start for a history to count as uneven. */
const uneven = 1.5;
/**
 * A border may miss its place by this share of the rows before it goes to the other side of a time that many rows have.
 */
const tolerance = 0.01;

/**
 * Training rows end one horizon (`gapMs`) before the hold-out starts, so that no label of theirs lies in it; folds do
 * the same. Validation rows of all folds are equally many; where rows lie evenly in time the first fold trains on as
 * many, where they grow denser on half of all, so that a few old rows do not decide which model forecasts the recent
 * ones.
 */
export function splitByTime(
  times: Float64Array,
  split: { holdoutFrom: string; holdoutDays?: number; folds: number | TimeFolds },
  gapMs: number,
): Pick<RowSplit, "trainRows" | "holdoutRows" | "folds"> {
  const latest = (times.at(-1) ?? 0) - (split.holdoutDays ?? Number.POSITIVE_INFINITY) * dayMs;
  const holdoutFrom = Math.max(Date.parse(split.holdoutFrom), latest);
  const trainEnd = endBefore(times, holdoutFrom, gapMs);
  const wanted = typeof split.folds === "number" ? { count: split.folds } : split.folds;
  return {
    trainRows: range(0, trainEnd),
    holdoutRows: range(firstAt(times, holdoutFrom), times.length),
    folds: trainEnd === 0 ? [] : foldsOf(times.subarray(0, trainEnd), wanted, gapMs),
  };
}

function foldsOf(times: Float64Array, { count, firstShare, window }: TimeFolds, gapMs: number): Fold[] {
  const share = firstShare ?? (isUneven(times) ? 0.5 : 1 / (count + 1));
  const border = (fold: number) =>
    fold === count ? times.length : borderNear(times, times.length * (share + ((1 - share) * fold) / count));
  const folds: Fold[] = [];
  for (let fold = 0; fold < count; fold++) {
    const start = border(fold);
    const end = endBefore(times, times[start], gapMs);
    const first = folds[0]?.train.length ?? end;
    folds.push({
      train: range(window === "sliding" ? Math.max(0, end - first) : 0, end),
      validation: range(start, border(fold + 1)),
    });
  }
  return folds;
}

/** Whether the last quarter of the rows is much denser in time than the first one. */
function isUneven(times: Float64Array): boolean {
  const quarter = Math.floor(times.length / 4);
  const spanMs = (from: number) => times[from + quarter] - times[from];
  return quarter > 0 && spanMs(0) > uneven * spanMs(times.length - 1 - quarter);
}

/** The border between two times that is nearest to row `place`; before its time, unless that is clearly farther. */
function borderNear(times: Float64Array, place: number): number {
  const row = Math.min(times.length - 1, Math.floor(place + 1e-9));
  const before = firstAt(times, times[row]);
  const after = firstAfter(times, times[row]);
  return after < times.length && place - before > after - place + tolerance * times.length ? after : before;
}

/** First row at or after `time`. */
function firstAt(times: Float64Array, time: number): number {
  return firstWhere(times, (other) => other >= time);
}

function firstAfter(times: Float64Array, time: number): number {
  return firstWhere(times, (other) => other > time);
}

/** First row whose time is beyond a border; times ascend. */
function firstWhere(times: Float64Array, isBeyond: (time: number) => boolean): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBeyond(times[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** End (exclusive) of the rows before `time` whose label, `gapMs` later, is not after it. */
function endBefore(times: Float64Array, time: number, gapMs: number): number {
  const latest = firstAt(times, time);
  let end = firstAt(times, time - gapMs);
  while (end < latest && times[end] + gapMs <= time) end++;
  return end;
}

function range(start: number, end: number): Int32Array {
  const rows = new Int32Array(Math.max(end - start, 0));
  for (let i = 0; i < rows.length; i++) rows[i] = start + i;
  return rows;
}
