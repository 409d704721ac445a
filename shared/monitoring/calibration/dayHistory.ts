import { dayMs } from "../../time";
import { emptyProfile, type FeatureBins, type FeatureProfile, type Profile } from "../profile";
import type { ReferenceDay } from "../reference";

/** Counted rows of a UTC day; days are numbered from 1970. */
export interface HistoryDay {
  day: number;
  inputs: Profile;
}

/** From `from`, inclusive, to `to`, exclusive. */
export interface DayRange {
  from: number;
  to: number;
}

/** The days of a version's training rows. */
export function trainingDays(days: readonly ReferenceDay[]): HistoryDay[] {
  return days.map(({ day, inputs }) => ({ day: Date.parse(day) / dayMs, inputs }));
}

/** numbers that are kept at most: of models with hundreds of columns the oldest days are left out */
const mostNumbers = 5_000_000;

/** Counts of days that can be asked for any range, by the differences of running sums. */
export class DayHistory {
  readonly first: number;
  readonly end: number;
  /** by column: running sums of its figures, one row more than there are days */
  private readonly sums: Float64Array[];
  private readonly present: Int32Array;

  /** `days` in the order of time. */
  constructor(
    days: readonly HistoryDay[],
    private readonly bins: FeatureBins[],
  ) {
    const widths = emptyProfile(bins).features.map((feature) => figuresOf(feature).length);
    const width = widths.reduce((sum, one) => sum + one, 0);
    this.end = (days.at(-1)?.day ?? -1) + 1;
    this.first = Math.max(days[0]?.day ?? 0, this.end - Math.floor(mostNumbers / Math.max(1, width)));
    const length = this.end - this.first;
    this.sums = widths.map((one) => new Float64Array((length + 1) * one));
    this.present = new Int32Array(length + 1);
    for (const { day, inputs } of days)
      if (day >= this.first) {
        this.present[day - this.first + 1] = 1;
        for (const [i, feature] of inputs.features.entries())
          this.sums[i].set(figuresOf(feature), (day - this.first + 1) * widths[i]);
      }
    for (let day = 1; day <= length; day++) this.present[day] += this.present[day - 1];
    for (const [i, sums] of this.sums.entries())
      for (let at = widths[i]; at < sums.length; at++) sums[at] += sums[at - widths[i]];
  }

  /** How many days of the ranges are known. */
  known(ranges: readonly DayRange[]): number {
    return this.inside(ranges).reduce((sum, { from, to }) => sum + this.present[to] - this.present[from], 0);
  }

  /** What was counted in the ranges, without the order of values, extremes and squares. */
  sum(ranges: readonly DayRange[]): Profile {
    const inside = this.inside(ranges);
    const profile = emptyProfile(this.bins);
    for (const [i, feature] of profile.features.entries()) setFigures(feature, this.figures(i, inside));
    return profile;
  }

  private figures(column: number, ranges: readonly DayRange[]): Float64Array {
    const sums = this.sums[column];
    const width = sums.length / this.present.length;
    const figures = new Float64Array(width);
    for (const { from, to } of ranges)
      for (let i = 0; i < width; i++) figures[i] += sums[to * width + i] - sums[from * width + i];
    return figures;
  }

  /** Ranges as places in the running sums. */
  private inside(ranges: readonly DayRange[]): DayRange[] {
    const last = this.present.length - 1;
    const place = (day: number) => Math.min(last, Math.max(0, day - this.first));
    return ranges.map(({ from, to }) => ({ from: place(from), to: Math.max(place(from), place(to)) }));
  }
}

function figuresOf(feature: FeatureProfile): number[] {
  if ("bins" in feature) return [feature.count, feature.missing, ...feature.bins, ...feature.binSums];
  return [feature.count, feature.missing, feature.unseen, ...feature.levels];
}

function setFigures(feature: FeatureProfile, figures: Float64Array): void {
  [feature.count, feature.missing] = figures;
  if ("bins" in feature) {
    const width = feature.bins.length;
    feature.bins = Array.from(figures.subarray(2, 2 + width));
    feature.binSums = Array.from(figures.subarray(2 + width));
    feature.sum = feature.binSums.reduce((sum, part) => sum + part, 0);
  } else {
    feature.unseen = figures[2];
    feature.levels = Array.from(figures.subarray(3));
  }
}

/** The mean of a number within its fences; NaN for other features and for no values. */
export function meanWithin(feature: FeatureProfile): number {
  if (!("bins" in feature) || feature.count === 0) return Number.NaN;
  let sum = 0;
  for (const part of feature.binSums) sum += part;
  return sum / feature.count;
}
