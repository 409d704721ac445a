import type { Profile } from "../profile";
import { clearTimes } from "../threshold";
import { baselineDays } from "./baselineDays";
import { type Calibration, type CalibrationTask, type ColumnCalibration, calibrationOf, compare } from "./calibrate";
import { type ColumnStatistic, columnStatistic } from "./columnDistance";
import type { DayHistory, DayRange } from "./dayHistory";
import { studentBeyond, studentLimit } from "./distributions";
import { rejectedUpTo } from "./falseDiscovery";
import { unexplained } from "./levelModel";

/** How one column of a window compares with its baseline, beside windows of history. */
export interface ColumnJudgement {
  statistic: ColumnStatistic;
  distance: Judged;
  /** what the column's mean has moved beyond what the other columns explain, in training deviations */
  level?: Judged;
  baselineMean?: number;
  baselineRows: number;
}

export interface Judged {
  value: number;
  threshold: number;
  isBeyond: boolean;
  /** far beyond: no spell of history explains it, so that no other window need confirm it */
  isClear: boolean;
  /** the threshold is the effect size, which exceeds what history would ask */
  isEffectSize: boolean;
}

export interface HistoryJudgement {
  columns: (ColumnJudgement | undefined)[];
  windows: number;
  independent: number;
  baselineDays: number;
}

export interface HistoryTask extends CalibrationTask {
  /** the training days, of which the calibration is made and with which it is kept */
  trained: DayHistory;
  trainingDays: object;
  window: DayRange;
  /** where the days of a trailing baseline end, if not where the window starts */
  until?: number;
  target: Profile;
  /** distances below count as none, by column */
  effectSizes: number[];
  /** share of false ones among the columns that are found */
  falseDiscoveryRate: number;
}

/**
 * Judges a window by how far windows of history lay from their own baselines: Student's t of its distance over their
 * root mean square, and the same of what the other columns leave unexplained; undefined where there is too little
 * history, or no baseline.
 */
export function judgeByHistory(task: HistoryTask): HistoryJudgement | undefined {
  const baseline = baselineDays(task.history, { ...task.window, from: task.until ?? task.window.from }, task.kind);
  if (baseline.length === 0) return undefined;
  const calibration = calibrationOf(task.trainingDays, { ...task, history: task.trained });
  if (calibration === undefined) return undefined;
  const before = task.history.sum(baseline);
  const { distances, shifts } = compare(before, task.target, task.scales);
  const measured = calibration.columns.map((column, i) => measure(column, i, { distances, shifts }));
  const pValues = measured.map((one, i) => pValueOf(one, calibration.columns[i], calibration));
  const limit = rejectedUpTo(
    pValues.filter((p) => p !== undefined),
    task.falseDiscoveryRate,
  );
  const columns = measured.map((one, i) => {
    if (Number.isNaN(one.distance)) return undefined;
    const feature = before.features[i];
    return {
      statistic: columnStatistic(feature, task.scales[i]),
      ...judged(one, calibration.columns[i], calibration, { limit, effectSize: task.effectSizes[i] }),
      ...("bins" in feature && { baselineMean: feature.sum / feature.count }),
      baselineRows: feature.count,
    };
  });
  const { windows, independent } = calibration;
  return { columns, windows, independent, baselineDays: task.history.known(baseline) };
}

interface Measured {
  distance: number;
  level?: number;
}

function measure(
  { level }: ColumnCalibration,
  column: number,
  { distances, shifts }: { distances: number[]; shifts: Float64Array },
): Measured {
  const left = level && unexplained(level, column, shifts);
  return { distance: distances[column], ...(left !== undefined && !Number.isNaN(left) && { level: left }) };
}

/** Of both tests of a column together, by Bonferroni. */
function pValueOf(one: Measured, column: ColumnCalibration, { independent }: Calibration): number | undefined {
  if (Number.isNaN(one.distance)) return undefined;
  const p = studentBeyond(one.distance / Math.max(column.usual, Number.MIN_VALUE), independent);
  if (one.level === undefined || column.level === undefined) return p;
  return Math.min(1, 2 * Math.min(p, studentBeyond(one.level / column.level.left, column.level.degrees)));
}

function judged(
  one: Measured,
  column: ColumnCalibration,
  { independent }: Calibration,
  { limit, effectSize }: { limit: number; effectSize: number },
): Pick<ColumnJudgement, "distance" | "level"> {
  const share = one.level === undefined ? limit : limit / 2;
  const beyond = (value: number, usual: number, degrees: number): Judged => {
    const limit = usual * studentLimit(share, degrees);
    const threshold = Math.max(effectSize, limit);
    return {
      value,
      threshold,
      isBeyond: Math.abs(value) > threshold,
      isClear: Math.abs(value) > clearTimes * threshold,
      isEffectSize: limit <= effectSize,
    };
  };
  const { level } = column;
  return {
    distance: beyond(one.distance, column.usual, independent),
    ...(one.level !== undefined && level && { level: beyond(one.level, level.left, level.degrees) }),
  };
}
