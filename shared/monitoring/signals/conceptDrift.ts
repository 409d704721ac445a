import { z } from "zod";
import { figure, percent } from "../../figure";
import { timeText } from "../../timeText";
import type { Finding } from "../finding";
import type { HourOutcomes } from "../outcomeProfile";
import { partOf } from "../performance/outcomesByPart";
import { scheduleFields } from "../schedule";
import { type ChangePoint, hddmA } from "../statistics/hddmA";
import { pageHinkley } from "../statistics/pageHinkley";
import { differenceInterval, type PartedMean, type PartSum, partedMean } from "../statistics/partedMean";
import { evaluated, hoursBefore, notJudged, spanText } from "./evaluated";
import type { Evaluation, Signal, Watched } from "./signal";
import { signalDetails } from "./signalDetails";

const settings = z.strictObject({
  /** the errors of so many hours are searched for a change, as far as the version has served them */
  historyHours: z.int().min(1).default(2160),
  /** how a change lasts is judged by the predictions since then, of at most so many newest hours */
  windowHours: z.int().min(1).default(336),
  /** predictions with their truth that are needed */
  minLabelled: z.int().min(1).default(100),
  /** classes: the chance of a change that Hoeffding's bound leaves to each comparison */
  detectionLevel: z.number().gt(0).lt(1).default(0.001),
  /** values: an hour's mean absolute error, over that of all hours, may exceed the mean so far by this */
  errorDelta: z.number().min(0).default(0.1),
  /** values: the sum of what exceeds it that is a change */
  errorSum: z.number().positive().default(25),
  /** a change counts when the share of wrong predictions rose by this, a mean absolute error by this share of itself */
  minRise: z.number().min(0).default(0.05),
  /** with which the rise is more than how days (hours, where rows are no series) differ anyway */
  confidence: z.number().gt(0.5).lt(1).default(0.99),
  enabled: z.boolean().default(true),
  ...scheduleFields("daily"),
});

type ConceptSettings = z.infer<typeof settings>;

/** Whether, and since when, predictions are more often wrong than they were under the same version. */
export const conceptDrift = {
  name: "concept-drift",
  settings,
  needs: ["captures", "labels"],
  document: signalDetails,
  evaluate,
} satisfies Signal<ConceptSettings>;

/** parts after a change that are needed to tell whether it lasts */
const leastParts = 3;

/** The errors of an hour: of each labelled prediction, or their sum where only that is known. */
interface HourErrors extends PartSum {
  hour: Date;
  /** 1 for each wrong prediction; the mean of an hour with regression */
  values: number[];
}

async function evaluate(watched: Watched<ConceptSettings>): Promise<Evaluation> {
  const { model, version, settings } = watched;
  const window = hoursBefore(watched, settings.historyHours, model.horizonHours);
  const hours = errorsOf(await watched.outcomes(window));
  const labelled = hours.reduce((sum, { rows }) => sum + rows, 0);
  const isClassifier = model.task === "classification";
  const changes = isClassifier ? classChanges(hours, settings) : valueChanges(hours, settings);
  const facts = {
    method: isClassifier ? "HDDM-A" : "Page-Hinkley",
    changes: changes.map(({ from }) => from.toISOString()),
  };
  const common = {
    ...{ signal: "concept-drift", rule: "concept-drift", severity: "error" as const },
    ...{ version, window, targetRows: labelled, details: { settings, facts } },
  };
  if (labelled < settings.minLabelled) {
    const reason = `${labelled} predictions of this version have their truth; ${settings.minLabelled} are needed (minLabelled)`;
    return notJudged({ ...common, what: "Whether errors became more frequent", reason });
  }
  const finding = judge(hours, changes.at(-1), window.to, watched);
  return evaluated({
    ...common,
    verdict: finding.verdict,
    sentence: sentenceOf(finding, isClassifier, settings),
    findings: [finding],
  });
}

function errorsOf(outcomes: HourOutcomes[]): HourErrors[] {
  return outcomes
    .filter((one) => one.outcomes.labelled > 0)
    .map(({ hour, outcomes: { labelled, values, wrongInOrder } }) => {
      if (values !== undefined)
        return { hour, rows: labelled, sum: values.sumAbsolute, values: [values.sumAbsolute / labelled] };
      const wrong = Array.from(wrongInOrder, Number);
      return { hour, rows: wrong.length, sum: wrong.reduce((sum, one) => sum + one, 0), values: wrong };
    });
}

/** The hour from which errors are more frequent, and from which those before were counted. */
interface Change {
  before: Date;
  from: Date;
  found: Date;
}

function classChanges(hours: HourErrors[], { detectionLevel }: ConceptSettings): Change[] {
  const values = hours.flatMap((hour) => hour.values);
  return inHours(hddmA(values, { confidence: detectionLevel, twoSided: false }), hours);
}

/** In units of the mean over all hours, so that settings fit labels of any size. */
function valueChanges(hours: HourErrors[], { errorDelta, errorSum }: ConceptSettings): Change[] {
  const { mean } = partedMean(hours);
  if (mean === 0) return [];
  const options = { minInstances: 30, delta: errorDelta, threshold: errorSum, alpha: 0.9999, direction: "up" as const };
  return inHours(
    pageHinkley(
      hours.map(({ values }) => values[0] / mean),
      options,
    ),
    hours,
  );
}

function inHours(changes: ChangePoint[], hours: HourErrors[]): Change[] {
  const hourOf = hours.flatMap(({ hour, values }) => values.map(() => hour));
  let start = 0;
  return changes.map(({ startsAt, detectedAt }) => {
    const before = hourOf[start];
    start = detectedAt + 1;
    return { before, from: hourOf[Math.min(startsAt, hourOf.length - 1)], found: hourOf[detectedAt] };
  });
}

/** Whether the newest change lasts: the errors since then against those before it, by days or hours. */
function judge(
  hours: HourErrors[],
  change: Change | undefined,
  end: Date,
  { model, settings }: Watched<ConceptSettings>,
): Finding {
  const isClassifier = model.task === "classification";
  const statistic = isClassifier ? "share of wrong predictions" : "mean absolute error";
  const common = { subject: "all", statistic, thresholdOrigin: "before the newest change, and the least rise" };
  const all = partedMean(hours);
  if (change === undefined)
    return {
      ...common,
      value: all.mean,
      threshold: null,
      thresholdOrigin: "no change was found",
      verdict: "ok",
      targetRows: all.rows,
    };
  const newest = new Date(Math.max(change.from.getTime(), end.getTime() - settings.windowHours * 3_600_000));
  const before = meanOver(hours, change.before, change.from, model.isSeries);
  const after = meanOver(hours, newest, end, model.isSeries);
  const threshold = before.mean + settings.minRise * (isClassifier ? 1 : before.mean);
  const more = { changedAt: change.from.toISOString(), foundAt: change.found.toISOString(), before: before.mean };
  const counted = { value: after.mean, threshold, targetRows: after.rows, baselineRows: before.rows, more };
  if (Math.min(before.parts, after.parts) < leastParts)
    return { ...common, ...counted, verdict: "ok", reason: "the change is too new to tell whether it lasts" };
  const rise = differenceInterval(after, before, settings.confidence);
  const interval: [number, number] = [before.mean + rise[0], before.mean + rise[1]];
  const lasts = after.mean >= threshold && rise[0] > 0;
  return { ...common, ...counted, interval, verdict: lasts ? "drift" : "ok" };
}

function meanOver(hours: HourErrors[], from: Date, to: Date, isSeries: boolean): PartedMean {
  const parts = new Map<number, PartSum>();
  for (const { hour, rows, sum } of hours) {
    if (hour < from || hour >= to) continue;
    const part = partOf(hour, isSeries);
    const known = parts.get(part) ?? { rows: 0, sum: 0 };
    parts.set(part, { rows: known.rows + rows, sum: known.sum + sum });
  }
  return partedMean([...parts.values()]);
}

function sentenceOf(
  { verdict, value, more }: Finding,
  isClassifier: boolean,
  { historyHours }: ConceptSettings,
): string {
  const words = (error: number) =>
    isClassifier ? `${percent(error)} of the predictions are wrong` : `the mean absolute error is ${figure(error, 3)}`;
  if (verdict === "drift") {
    const before = isClassifier ? percent(more?.before as number) : figure(more?.before as number, 3);
    return `Since ${timeText(more?.changedAt as string)} ${words(value as number)}, ${before} before: what the inputs mean for the label has changed.`;
  }
  const found =
    more === undefined
      ? ""
      : ` A change at ${timeText(more.changedAt as string)} did not last, or is too new or too small to count.`;
  return `Errors did not become more frequent for good over the last ${spanText(historyHours)}: ${words(value as number)}.${found}`;
}
