import { z } from "zod";
import { relationsRule } from "../../alerts/rules";
import { figure } from "../../figure";
import type { Finding } from "../finding";
import { joinMoments } from "../moments/momentStatistics";
import { normalTail } from "../noDrift";
import type { MonitoringReference } from "../reference";
import { columnSummary } from "../relations/columnSummary";
import { type Correlation, correlationsOf, fisherZ } from "../relations/correlations";
import { scheduleFields } from "../schedule";
import type { TrainingProfile } from "../trainingProfile";
import { effectiveRows } from "../varianceInflation";
import type { WindowProfile } from "../windowProfile";
import { evaluated, hoursBefore, notJudged, verdictOver } from "./evaluated";
import type { Evaluation, Signal, Watched } from "./signal";
import { signalDetails } from "./signalDetails";

const settings = z.strictObject({
  /** the newest captured rows of so many hours are compared */
  windowHours: z.number().min(1).default(672),
  minRows: z.int().min(10).default(100),
  /** a correlation changed when it differs by so much at least, and by more than chance and training months explain */
  correlationChange: z.number().positive().max(2).default(0.3),
  enabled: z.boolean().default(true),
  ...scheduleFields("daily"),
});

type RelationsSettings = z.infer<typeof settings>;

/** How columns lie and go together in training, hold-out and captured rows. */
export const relations = {
  name: "relations",
  settings,
  needs: ["captures", "trainingProfile"],
  document: signalDetails,
  evaluate,
} satisfies Signal<RelationsSettings>;

/** the share of windows without change in which any pair may alarm by chance */
const falseAlarmShare = 0.001;
/** a part of training is as long as the window, but at least so many days, and at most */
const partDays = [2, 28] as const;
/** so much further than any of the few parts of training a correlation may move */
const usualMargin = 3;
/** pairs that a result tells of besides those that changed */
const mostPairs = 50;

async function evaluate(watched: Watched<RelationsSettings>): Promise<Evaluation> {
  const { version, settings } = watched;
  const range = hoursBefore(watched, settings.windowHours);
  const window = await watched.captured(range);
  const training = await watched.trainingProfile();
  const reference = await watched.reference();
  const common = {
    ...{ signal: relations.name, rule: relationsRule, severity: "info" as const, version, window: range },
    ...{ targetRows: window.rows, confirm: { needed: 2, among: 3 }, details: { settings, facts: {} } },
  };
  const missing = missingOf(window, reference, settings);
  if (missing !== undefined || reference === undefined)
    return notJudged({ ...common, what: "The relations of the columns", reason: missing ?? "" });
  const columns = training.bins.map((_bins, i) => columnFinding({ training, reference, window }, i));
  const pairs = judgePairs({ training, reference, window }, settings);
  const findings = [...columns, ...pairs];
  return evaluated({ ...common, ...verdictOver(findings), sentence: sentenceOf(columns, pairs), findings });
}

interface Sides {
  training: TrainingProfile;
  reference: MonitoringReference;
  window: WindowProfile;
}

function missingOf(
  { rows }: WindowProfile,
  reference: MonitoringReference | undefined,
  { minRows }: RelationsSettings,
) {
  if (rows < minRows) return `${rows} rows were captured; ${minRows} are needed (monitors.relations.minRows)`;
  if (reference !== undefined) return undefined;
  return "the version was made before sums of products were kept: the next one that is trained can be compared";
}

/** Mean, median and mode in training, hold-out and captured rows; told, never judged: drift judges them. */
function columnFinding({ training, reference, window }: Sides, i: number): Finding {
  const bins = training.bins[i];
  const before = columnSummary(bins, training.profile.features[i]);
  const now = columnSummary(bins, window.inputs.features[i]);
  const holdout = reference.holdout.inputs && columnSummary(bins, reference.holdout.inputs.features[i]);
  const shift =
    now.mean === null || before.mean === null || !before.deviation ? null : (now.mean - before.mean) / before.deviation;
  return {
    ...{ subject: bins.name, statistic: "mean shift / deviation", value: shift, threshold: null },
    ...{ thresholdOrigin: "not judged", verdict: "ok", targetRows: now.rows, baselineRows: before.rows },
    more: {
      ...{ trainingMean: before.mean, trainingMedian: before.median, trainingMode: before.mode },
      ...(holdout && { holdoutMean: holdout.mean, holdoutMedian: holdout.median, holdoutMode: holdout.mode }),
      ...{ mean: now.mean, median: now.median, mode: now.mode },
    },
  };
}

function judgePairs({ training, reference, window }: Sides, settings: RelationsSettings): Finding[] {
  const now = correlationsOf(window.moments);
  const before = byPair(correlationsOf(reference.moments));
  const holdout = byPair(reference.holdout.moments ? correlationsOf(reference.holdout.moments) : []);
  const parts = partsOf(reference, window.moments.rows).map((part) => byPair(correlationsOf(part)));
  const z = normalTail(falseAlarmShare / Math.max(1, 2 * now.length));
  const judged = now.flatMap(({ first, second, value }): Finding[] => {
    const trained = before.get(keyOf(first, second));
    if (trained === undefined || !Number.isFinite(trained) || !Number.isFinite(value)) return [];
    const sizes = Math.min(
      ...[first, second].map((name) => {
        const inflation =
          training.reference?.features[training.bins.findIndex((bins) => bins.name === name)]?.inflation;
        return effectiveRows(window.moments.rows, inflation);
      }),
    );
    const chance = sizes > 4 ? z / Math.sqrt(sizes - 3) : Number.POSITIVE_INFINITY;
    const apart = parts.map((part) => Math.abs(fisherZ(part.get(keyOf(first, second)) ?? trained) - fisherZ(trained)));
    // without parts of training to go by, chance alone sets the limit
    const usual = apart.length < leastParts ? chance : Math.min(chance, usualMargin * Math.max(...apart));
    const threshold = Math.max(settings.correlationChange, reach(trained, usual, value));
    const isChanged = Math.abs(value - trained) > threshold;
    const reason = `went ${figure(trained, 2)} in training and ${figure(value, 2)} now`;
    return [
      {
        ...{ subject: `${first} x ${second}`, statistic: "correlation", value, threshold },
        thresholdOrigin:
          apart.length < leastParts ? "Fisher z at the effective rows" : "Fisher z, and parts of training as long",
        ...{ verdict: isChanged ? "drift" : "ok", ...(isChanged && { reason }) },
        ...{ targetRows: window.moments.rows, baselineRows: reference.moments.rows },
        more: { training: trained, holdout: holdout.get(keyOf(first, second)) ?? null, effectiveRows: sizes },
      },
    ];
  });
  const change = ({ value, more }: Finding) => Math.abs((value as number) - (more?.training as number));
  const sorted = judged.toSorted((a, b) => change(b) - change(a));
  return [
    ...sorted.filter(({ verdict }) => verdict === "drift"),
    ...sorted.filter(({ verdict }) => verdict === "ok"),
  ].slice(0, mostPairs);
}

const leastParts = 3;

/** How far a correlation may move from `trained` towards `value` within so much of Fisher's z. */
function reach(trained: number, usual: number, value: number): number {
  if (!Number.isFinite(usual)) return 2;
  const end = Math.tanh(fisherZ(trained) + (value < trained ? -usual : usual));
  return Math.abs(end - trained);
}

/** Consecutive training days in parts of about so many rows. */
function partsOf({ days = [], moments }: MonitoringReference, rows: number) {
  const [least, most] = partDays;
  const length = Math.min(most, Math.max(least, Math.ceil((rows * days.length) / Math.max(1, moments.rows))));
  const parts = [];
  for (let at = 0; at + length <= days.length; at += length)
    parts.push(joinMoments(days.slice(at, at + length).map((day) => day.moments)));
  return parts;
}

function byPair(correlations: Correlation[]): Map<string, number> {
  return new Map(correlations.map(({ first, second, value }) => [keyOf(first, second), value]));
}

function keyOf(first: string, second: string): string {
  return JSON.stringify([first, second]);
}

function sentenceOf(columns: Finding[], pairs: Finding[]): string {
  const changed = pairs.filter(({ verdict }) => verdict === "drift");
  if (changed.length > 0) {
    const shown = changed.slice(0, 3).map(({ subject, reason }) => `${subject} ${reason}`);
    const more = changed.length > 3 ? `; and ${changed.length - 3} more` : "";
    return `${changed.length} ${changed.length === 1 ? "correlation" : "correlations"} changed: ${shown.join("; ")}${more}.`;
  }
  return `The ${columns.length} columns go together as they did in training.`;
}
