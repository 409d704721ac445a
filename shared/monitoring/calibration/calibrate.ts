import type { FeatureBins, FeatureProfile, Profile } from "../profile";
import { type BaselineKind, baselineDays } from "./baselineDays";
import { type ColumnScale, columnDistance } from "./columnDistance";
import { type DayHistory, type DayRange, meanWithin } from "./dayHistory";
import { type LevelModel, levelModel } from "./levelModel";

/** What windows of history without the target looked like beside their own baselines, by column. */
export interface Calibration {
  columns: ColumnCalibration[];
  /** windows that were compared, and how many of them do not overlap */
  windows: number;
  independent: number;
}

export interface ColumnCalibration {
  /** root mean square, and the largest, of the distances of history windows */
  usual: number;
  largest: number;
  /** absent for categories and cyclic columns, and where there is too little history */
  level?: LevelModel;
}

export interface CalibrationTask {
  bins: FeatureBins[];
  scales: ColumnScale[];
  history: DayHistory;
  kind: BaselineKind;
  /** length of a window in days */
  length: number;
}

/** windows that do not overlap which a calibration needs */
const leastWindows = 8;

/** calibrations by the days that they were made from: a version's are the same for every window of one length */
const made = new WeakMap<object, Map<string, Calibration | undefined>>();

/** `calibrate`, once for the same days, columns, kind and length. */
export function calibrationOf(days: object, task: CalibrationTask): Calibration | undefined {
  const known = made.get(days) ?? new Map<string, Calibration | undefined>();
  made.set(days, known);
  const key = JSON.stringify([task.kind, task.length, task.history.first, task.history.end, task.scales]);
  if (!known.has(key)) known.set(key, calibrate(task));
  return known.get(key);
}

/** Compares each window of history with its own baseline; undefined where there are too few. */
function calibrate(task: CalibrationTask): Calibration | undefined {
  const { history, kind, length, bins, scales } = task;
  const compared = windowsOf(history, length).flatMap((window) => {
    const baseline = history.known([window]) < length ? [] : baselineDays(history, window, kind);
    return baseline.length === 0 ? [] : [compare(history.sum(baseline), history.sum([window]), scales)];
  });
  const independent = Math.floor((compared.length * strideOf(length)) / length);
  if (independent < leastWindows) return undefined;
  const shifts = compared.map((one) => one.shifts);
  const columns = scales.map((scale, column) => {
    const distances = compared.map((one) => one.distances[column]).filter((distance) => !Number.isNaN(distance));
    const squares = distances.reduce((sum, distance) => sum + distance * distance, 0);
    const usual = Math.sqrt(squares / Math.max(1, distances.length));
    const isLinear = bins[column].type === "number" && scale.cyclic === undefined && scale.deviation > 0;
    const level = isLinear ? levelModel(shifts, column, independent) : undefined;
    return { usual, largest: Math.max(0, ...distances), ...(level && { level }) };
  });
  return { columns, windows: compared.length, independent };
}

function strideOf(length: number): number {
  return Math.ceil(length / 2);
}

function windowsOf({ first, end }: DayHistory, length: number): DayRange[] {
  const windows: DayRange[] = [];
  for (let from = first; from + length <= end; from += strideOf(length)) windows.push({ from, to: from + length });
  return windows;
}

/** Distances by column, and the shifts of the means of numbers in training deviations (NaN for others). */
export function compare(
  before: Profile,
  now: Profile,
  scales: ColumnScale[],
): { distances: number[]; shifts: Float64Array } {
  return {
    distances: scales.map((scale, i) => columnDistance(before.features[i], now.features[i], scale)),
    shifts: Float64Array.from(scales, (scale, i) => shiftOf(before.features[i], now.features[i], scale)),
  };
}

function shiftOf(before: FeatureProfile, now: FeatureProfile, { deviation, cyclic }: ColumnScale): number {
  if (cyclic !== undefined || deviation === 0) return Number.NaN;
  return (meanWithin(now) - meanWithin(before)) / deviation;
}
