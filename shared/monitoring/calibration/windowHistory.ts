import { dayMs } from "../../time";
import type { DriftSettings } from "../driftSettings";
import type { FeatureBins } from "../profile";
import type { MonitoringReference } from "../reference";
import type { TimeRange, WindowProfile } from "../windowProfile";
import { type BaselineKind, coversSeason, seasonDays, trailingDays } from "./baselineDays";
import type { WindowHistory } from "./compareByHistory";
import { DayHistory, type DayRange, type HistoryDay, trainingDays } from "./dayHistory";

interface HistorySource {
  reference: Pick<MonitoringReference, "days">;
  captured(range: TimeRange): Promise<Pick<WindowProfile, "rows" | "inputs">>;
  /** of the target */
  window: { from: Date; to: Date };
  /** where the newest windows have drifted: the start of the first of them */
  driftedSince?: Date;
  bins: FeatureBins[];
  baseline: DriftSettings["baseline"];
  cycles: (number | undefined)[];
}

/** weeks of windows that drifted may lie between the days before and the window */
const mostGapDays = 56;
const leastRowsADay = 8;

/**
 * The days that a window can be compared with, and which of them its baseline is; undefined for windows of less than a
 * day, and where no days are kept of the training rows. Captured days are read where the training rows do not reach to
 * the baseline.
 */
export async function windowHistory(source: HistorySource): Promise<WindowHistory | undefined> {
  const { reference, baseline, cycles } = source;
  const window = daysOf(source.window);
  if (reference.days === undefined || window.to <= window.from) return undefined;
  const { days, history: trained } = trainedHistory(reference.days, source.bins);
  const plain = { window, cycles, trained, trainingDays: reference.days };
  if (typeof baseline === "object") return { ...plain, ...(await namedRange(source, days, baseline)) };
  if (baseline === "season" && coversSeason(trained, window))
    return {
      ...plain,
      history: trained,
      kind: "season",
      told: `the same season: days of earlier years, ${seasonDays} days around`,
    };
  if (baseline !== "training") {
    const known = [...days, ...(await capturedBefore(source, window, days.at(-1)?.day))];
    const before = { ...window, from: Math.max(firstDrifted(source, window), window.from - mostGapDays) };
    const recent = known.filter(({ day }) => day < before.from && day >= before.from - trailingDays);
    if (recent.length >= trailingDays / 2) {
      const why = baseline === "season" ? "; the same season of earlier years is not known" : "";
      return {
        ...plain,
        history: new DayHistory(known, source.bins),
        kind: "trailing",
        told: `the ${trailingDays} days before${why}`,
        until: before.from,
      };
    }
  }
  const why = baseline === "training" ? "" : "; neither the season nor the weeks before are known";
  return { ...plain, history: trained, kind: "training", told: `all training rows${why}` };
}

interface TrainedHistory {
  days: HistoryDay[];
  history: DayHistory;
}

/** sums of training days by the list that they came from, made once for a version that stays in memory */
const trainedHistories = new WeakMap<object, TrainedHistory>();

function trainedHistory(kept: NonNullable<MonitoringReference["days"]>, bins: FeatureBins[]): TrainedHistory {
  let found = trainedHistories.get(kept);
  if (found === undefined) {
    const days = trainingDays(kept);
    found = { days, history: new DayHistory(days, bins) };
    trainedHistories.set(kept, found);
  }
  return found;
}

/** Whole days; the first and the last may be partly in it. */
function daysOf({ from, to }: { from: Date; to: Date }): DayRange {
  const first = Math.floor(from.getTime() / dayMs);
  return { from: first, to: first + Math.round((to.getTime() - from.getTime()) / dayMs) };
}

function firstDrifted({ driftedSince }: HistorySource, window: DayRange): number {
  return driftedSince === undefined ? window.from : Math.min(window.from, Math.floor(driftedSince.getTime() / dayMs));
}

/** Captured days before the window that are no training days. */
async function capturedBefore(
  source: HistorySource,
  window: DayRange,
  lastTrained: number | undefined,
): Promise<HistoryDay[]> {
  const from = Math.max((lastTrained ?? 0) + 1, window.from - mostGapDays - trailingDays);
  const until = Math.max(firstDrifted(source, window), window.from - mostGapDays);
  return capturedDays(source, { from: Math.max(from, until - trailingDays), to: until });
}

async function capturedDays({ captured }: HistorySource, { from, to }: DayRange): Promise<HistoryDay[]> {
  const days: HistoryDay[] = [];
  for (let day = from; day < to; day++) {
    const range = { from: new Date(day * dayMs), to: new Date((day + 1) * dayMs) };
    const { rows, inputs } = await captured(range);
    if (rows >= leastRowsADay) days.push({ day, inputs });
  }
  return days;
}

/** The days of a range, of training rows and of captured ones. */
async function namedRange(source: HistorySource, trained: HistoryDay[], { from, to }: { from: string; to: string }) {
  const range = daysOf({ from: new Date(from), to: new Date(to) });
  const known = new Set(trained.map(({ day }) => day));
  const own = (await capturedDays(source, range)).filter(({ day }) => !known.has(day));
  const days = [...trained, ...own].filter(({ day }) => day >= range.from && day < range.to);
  const kind: BaselineKind = "training";
  return {
    history: new DayHistory(days, source.bins),
    kind,
    told: `the days from ${from.slice(0, 10)} to ${to.slice(0, 10)}`,
  };
}
