import { AppError } from "../errors";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { areEventsOfTheirOwn } from "./copyGroups";
import type { Fold, PreparedData } from "./preparedData";
import { splitByGroup } from "./splitByGroup";
import { type Places, splitStratified } from "./splitStratified";
import { spreadCopies } from "./spreadCopies";

/** Rows of the table by their part, folds within the training rows, and what is drawn when rows are drawn again. */
export type RowSplit = Pick<PreparedData, "trainRows" | "holdoutRows" | "folds" | "blocks" | "blockUnit">;

/** What a split may go by, each worked out only where it is needed. */
interface SplitSource {
  /** ascending, epoch ms */
  times?: Float64Array;
  /** of each row's content */
  hashes(): Float64Array;
  groups(): ArrayLike<string | number | null>;
  /** first row with the same features, a row */
  copies(): Int32Array;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const minTrainingRows = 10;

/**
 * Splits labelled rows as the spec says: by time, by class or by group. AppError rejected when a part lacks rows or a class that it needs.
 */
export function splitRows(
  spec: UsecaseSpec,
  label: Pick<PreparedData, "classes" | "target" | "values">,
  rows: SplitSource,
): RowSplit {
  const parts = partsOf(spec, label, rows);
  checkParts(parts, label.classes, label.values ? new Int32Array(label.values.length) : label.target);
  return parts;
}

function partsOf(
  { split, horizonHours, seed }: UsecaseSpec,
  { target, values }: Pick<PreparedData, "target" | "values">,
  rows: SplitSource,
): RowSplit {
  const days = rows.times && { blocks: Int32Array.from(rows.times, (time) => Math.floor(time / dayMs)) };
  if (split.kind === "time") {
    const parts = splitByTime(rows.times as Float64Array, split, (horizonHours ?? 0) * hourMs);
    return { ...parts, blocks: (days as { blocks: Int32Array }).blocks, blockUnit: "day" };
  }
  if (split.kind === "group") return { ...splitByGroup(rows.groups(), seed, split), blockUnit: "group" };
  const classes = values ? tenths(values) : target;
  const { blocks, ...places } = stratifiedPlaces(split, classes, values, rows);
  const parts = splitStratified(classes, places, split);
  return { ...parts, ...(days ? { ...days, blockUnit: "day" } : { blocks, blockUnit: "row" }) };
}

/**
 * Copies of a row stay in one part, and are drawn as one. Where equal rows are events of their own (by what the labels say, or the spec),
 * they go to all parts: a combination that hundreds of rows share would otherwise be in one part of the data alone.
 */
function stratifiedPlaces(
  { copies: wanted }: { copies?: "together" | "apart" },
  classes: Int32Array,
  values: Float64Array | undefined,
  { copies, hashes }: SplitSource,
): Places & { blocks: Int32Array } {
  const groups = copies();
  const isApart = wanted === undefined ? areEventsOfTheirOwn(groups, values ?? classes) : wanted === "apart";
  if (!isApart) return { groups, hashes: hashes(), blocks: groups };
  return { ...spreadCopies(classes, hashes(), values), blocks: Int32Array.from(classes, (_code, row) => row) };
}

/** The tenth of the sorted values that each lies in, so that parts hold high and low ones alike; equal values share one. */
function tenths(values: Float64Array): Int32Array {
  const sorted = values.slice().sort();
  const edges = Array.from({ length: 9 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / 10)]);
  return Int32Array.from(values, (value) => edges.filter((edge) => value >= edge).length);
}

/** Training rows end one horizon before the hold-out starts, so that no label of theirs lies in it; folds expand the same way. */
function splitByTime(
  times: Float64Array,
  split: { holdoutFrom: string; holdoutDays?: number; folds: number },
  gapMs: number,
): Pick<RowSplit, "trainRows" | "holdoutRows" | "folds"> {
  const sliding = (times.at(-1) ?? 0) - (split.holdoutDays ?? Number.POSITIVE_INFINITY) * dayMs;
  const holdoutFrom = Math.max(Date.parse(split.holdoutFrom), sliding);
  const holdoutStart = firstAt(times, holdoutFrom);
  const trainEnd = endBefore(times, holdoutFrom, gapMs);
  /** where the part `k` of folds + 1 equal parts of the training rows starts; rows of one time stay together */
  const partStart = (k: number) => firstAt(times, times[Math.floor((trainEnd * k) / (split.folds + 1))]);
  const folds: Fold[] = [];
  for (let fold = 1; fold <= split.folds && trainEnd > 0; fold++) {
    const start = partStart(fold);
    const end = fold === split.folds ? trainEnd : partStart(fold + 1);
    folds.push({ train: range(0, endBefore(times, times[start], gapMs)), validation: range(start, end) });
  }
  return { trainRows: range(0, trainEnd), holdoutRows: range(holdoutStart, times.length), folds };
}

/** First row at or after `time`. */
function firstAt(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
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

function checkParts({ trainRows, holdoutRows, folds }: RowSplit, classes: string[], target: Int32Array): void {
  const of = `of ${target.length} labelled rows`;
  if (trainRows.length < minTrainingRows)
    throw new AppError(
      "rejected",
      `${trainRows.length} ${of} are for training, at least ${minTrainingRows} are needed: add data, or check the spec's split`,
    );
  if (holdoutRows.length === 0)
    throw new AppError("rejected", `none ${of} is in the hold-out: add newer data, or check the spec's split`);
  const lacking = (rows: Int32Array) => {
    const present = new Set<number>();
    for (const row of rows) present.add(target[row]);
    return classes.filter((_name, code) => !present.has(code)).map((name) => `"${name}"`);
  };
  const absent = lacking(trainRows);
  if (absent.length > 0)
    throw new AppError("rejected", `the training rows have none of class ${absent.join(", ")}: add data that has`);
  for (const [i, fold] of folds.entries()) {
    const name = `fold ${i + 1} of ${folds.length}`;
    const advice = "add data, or lower split.folds in the spec";
    if (fold.validation.length === 0) throw new AppError("rejected", `${name} has no validation rows: ${advice}`);
    const missing = lacking(fold.train);
    if (missing.length > 0)
      throw new AppError("rejected", `${name} has no training rows of class ${missing.join(", ")}: ${advice}`);
  }
}
