import { z } from "zod";
import { driftMagnitudeRule } from "../../alerts/rules";
import { figure, percent } from "../../figure";
import { dayMs } from "../../time";
import type { Finding } from "../finding";
import type { Block } from "../magnitude/block";
import { leastBlocks, type Magnitude, driftMagnitude as magnitudeOf } from "../magnitude/driftMagnitude";
import type { ReferenceDay } from "../reference";
import { scheduleFields } from "../schedule";
import type { TrainingProfile } from "../trainingProfile";
import type { TimeRange } from "../windowProfile";
import { evaluated, hoursBefore, notJudged } from "./evaluated";
import type { Evaluation, Signal, Watched } from "./signal";
import { signalDetails } from "./signalDetails";

const settings = z.strictObject({
  /** days that are told from those before them */
  windowDays: z.int().min(4).default(7),
  /** days before them that they are told from, where rows have a time; others are told from the training rows */
  baselineDays: z.int().min(7).default(28),
  minRows: z.int().min(1).default(100),
  /** the magnitude may always be so large, 0 to 100 */
  threshold: z.number().positive().max(100).default(50),
  enabled: z.boolean().default(true),
  ...scheduleFields("daily"),
});

type MagnitudeSettings = z.infer<typeof settings>;

/** How far all features together have moved: one number, and each feature's share in it. */
export const driftMagnitude = {
  name: "drift-magnitude",
  settings,
  needs: ["captures", "trainingProfile"],
  document: signalDetails,
  evaluate,
} satisfies Signal<MagnitudeSettings>;

/** results of the same version that tell what is usual */
const pastResults = 26;
/** few windows show what is usual: the largest of them may be exceeded by so much, but rows that are told apart */
const usualMargin = 1.15;
/** without any doubt are never usual */
const mostThreshold = 95;
/** season: days of earlier years so near in the year */
const seasonDays = 28;

async function evaluate(watched: Watched<MagnitudeSettings>): Promise<Evaluation> {
  const { version, settings, model } = watched;
  const range = hoursBefore(watched, settings.windowDays * 24);
  const target = await daysOf(watched, range);
  const targetRows = target.reduce((sum, { inputs }) => sum + inputs.rows, 0);
  const common = {
    ...{ signal: driftMagnitude.name, rule: driftMagnitudeRule, severity: "warning" as const, version, window: range },
    ...{ targetRows, confirm: { needed: 2, among: 3 } },
  };
  const what = "The magnitude of drift";
  if (targetRows < settings.minRows || target.length < leastBlocks) {
    const reason = `${targetRows} rows of ${target.length} days were captured; ${settings.minRows} (minRows) of ${leastBlocks} days are needed`;
    return notJudged({ ...common, what, reason, details: { settings, facts: {} } });
  }
  const training = await watched.trainingProfile();
  const reference = await watched.reference();
  if (reference === undefined) {
    const reason = "the version was made before sums of products were kept: the next one that is trained can be judged";
    return notJudged({ ...common, what, reason, details: { settings, facts: {} } });
  }
  const whole: Block = { inputs: training.profile, moments: reference.moments };
  const days = model.isSeries ? (reference.days ?? []) : [];
  const { blocks, origin } =
    days.length === 0 ? { blocks: [whole], origin: "training rows" } : await before(watched, range, days);
  const found = magnitudeOf(blocks, target);
  const usual = [...trainingMagnitudes(days, settings), ...(await pastMagnitudes(watched, range))];
  const findings = findingsOf(found, training, { usual, settings, targetRows, origin });
  const details = { settings, facts: { comparedWith: origin, windows: usual.length } };
  const { verdict } = findings[0];
  return evaluated({ ...common, verdict, sentence: sentenceOf(findings), findings, details });
}

/** Captured rows by day, as far as there are any. */
async function daysOf({ captured }: Watched<MagnitudeSettings>, { from, to }: TimeRange): Promise<Block[]> {
  const ranges: TimeRange[] = [];
  for (let at = from.getTime(); at < to.getTime(); at += dayMs)
    ranges.push({ from: new Date(at), to: new Date(Math.min(at + dayMs, to.getTime())) });
  const windows = await Promise.all(ranges.map((range) => captured(range)));
  return windows.filter(({ rows }) => rows > 0);
}

/** The days before the window: captured ones, before them training days; else the same season, or all, of training. */
async function before(watched: Watched<MagnitudeSettings>, { from }: TimeRange, days: ReferenceDay[]) {
  const { baselineDays } = watched.settings;
  const start = new Date(from.getTime() - baselineDays * dayMs);
  const captured = await daysOf(watched, { from: start, to: from });
  const earlier = from.getTime() - captured.length * dayMs;
  const trained = days.filter(({ day }) => Date.parse(day) >= start.getTime() && Date.parse(day) + dayMs <= earlier);
  const trailing = [...trained, ...captured];
  if (trailing.length >= baselineDays / 2) return { blocks: trailing, origin: `the ${trailing.length} days before` };
  const season = days.filter(({ day }) => isNear(Date.parse(day), from.getTime()));
  if (season.length >= baselineDays / 2)
    return { blocks: season, origin: `${season.length} training days of the same season` };
  return { blocks: days, origin: `all ${days.length} training days` };
}

function isNear(day: number, at: number): boolean {
  const apart = Math.abs(((at - day) / dayMs) % 365.25);
  return Math.min(apart, 365.25 - apart) <= seasonDays;
}

/** The magnitudes of the training rows' own weeks, each told from the days before it. */
function trainingMagnitudes(days: ReferenceDay[], { windowDays, baselineDays }: MagnitudeSettings): number[] {
  const found: number[] = [];
  for (let at = baselineDays; at + windowDays <= days.length; at += windowDays)
    found.push(magnitudeOf(days.slice(at - baselineDays, at), days.slice(at, at + windowDays)).value);
  return found;
}

/** Those of earlier windows that ended before this one started and were found well. */
async function pastMagnitudes(
  { earlier, version }: Watched<MagnitudeSettings>,
  { from }: TimeRange,
): Promise<number[]> {
  const results = await earlier(pastResults);
  return results
    .filter((one) => one.version === version && one.verdict === "ok" && Date.parse(one.windowEnd) <= from.getTime())
    .flatMap(({ findings }) => findings.filter(({ subject }) => subject === "all").flatMap(({ value }) => value ?? []));
}

interface Limits {
  usual: number[];
  settings: MagnitudeSettings;
  targetRows: number;
  origin: string;
}

function findingsOf(
  found: Magnitude,
  training: TrainingProfile,
  { usual, settings, targetRows, origin }: Limits,
): Finding[] {
  const largest = usualMargin * Math.max(0, ...usual);
  const threshold = Math.min(mostThreshold, Math.max(settings.threshold, largest));
  const thresholdOrigin =
    largest > settings.threshold ? `${usualMargin} times the largest of ${usual.length} windows` : "setting";
  const isDrift = found.value > threshold;
  const total = found.features.reduce((sum, value) => sum + value, 0);
  const share = (i: number) => (total === 0 ? 0 : found.features[i] / total);
  const by = found.by === "all numbers" ? "all numbers together" : training.bins[found.by].name;
  const order = found.features.map((_value, i) => i).sort((a, b) => found.features[b] - found.features[a]);
  const most = order.slice(0, 3).filter((i) => share(i) > 0);
  const named = most.map((i) => `${training.bins[i].name} (${percent(share(i))})`).join(", ");
  const reason = `rows can be told from ${origin} with a magnitude of ${figure(found.value, 2)} of 100, and ${figure(threshold, 2)} at most is usual; most by ${named || by}`;
  const whole: Finding = {
    ...{ subject: "all", statistic: "held-out MCC, percent", value: found.value, threshold, thresholdOrigin },
    ...{ verdict: isDrift ? "drift" : "ok", ...(isDrift && { reason }), targetRows, more: { by, usual } },
  };
  const features = training.bins.map(
    ({ name }, i): Finding => ({
      ...{ subject: name, statistic: "held-out MCC, percent", value: found.features[i], threshold: null },
      ...{ thresholdOrigin: "not judged alone", verdict: "ok", targetRows, more: { share: share(i) } },
    }),
  );
  return [whole, ...features];
}

function sentenceOf([whole]: Finding[]): string {
  if (whole.reason !== undefined) return `The inputs moved together: ${whole.reason}.`;
  const limit = figure(whole.threshold ?? Number.NaN, 2);
  return `The magnitude of drift over all inputs is ${figure(whole.value ?? Number.NaN, 2)} of 100; up to ${limit} is usual.`;
}
