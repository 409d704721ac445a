import { z } from "zod";
import { figure, percent } from "../../figure";
import { judgeDependence } from "../dependence";
import { debiasedJensenShannon, jensenShannonStatistic, jensenShannonThreshold } from "../distances/jensenShannon";
import { wassersteinStatistic, wassersteinThreshold } from "../distances/wasserstein";
import type { Finding } from "../finding";
import { noDriftJensenShannon, noDriftWasserstein, normalTail, type SampleSizes } from "../noDrift";
import {
  type ComparedNumbers,
  classCounts,
  codesDistance,
  comparedScores,
  comparedValues,
  numbersDistance,
  windowDistances,
} from "../performance/predictionDistances";
import type { MonitoringReference } from "../reference";
import { scheduleFields } from "../schedule";
import { codeInflation, effectiveRows, type Inflation, numberInflation } from "../varianceInflation";
import type { PredictionProfile } from "../windowProfile";
import { evaluated, hoursBefore, notJudged, spanText, verdictOver } from "./evaluated";
import type { Evaluation, Signal, Watched } from "./signal";
import { signalDetails } from "./signalDetails";

const settings = z.strictObject({
  /** predictions of so many hours */
  windowHours: z.int().min(1).default(24),
  /** of them, that are needed */
  minRows: z.int().min(1).default(100),
  /** scores and predicted values: Wasserstein-1 divided by the hold-out's standard deviation */
  numericThreshold: z.number().positive().default(wassersteinThreshold),
  /** predicted classes: debiased base-2 Jensen-Shannon distance */
  categoricalThreshold: z.number().positive().default(jensenShannonThreshold),
  enabled: z.boolean().default(true),
  ...scheduleFields("hourly"),
});

type PredictionSettings = z.infer<typeof settings>;

/** Whether what the model predicts differs from what it predicted on its hold-out rows. */
export const predictionDrift = {
  name: "prediction-drift",
  settings,
  needs: ["captures", "trainingProfile"],
  document: signalDetails,
  evaluate,
} satisfies Signal<PredictionSettings>;

/** the share of windows without drift in which any of the tests may raise an alarm */
const falseAlarmShare = 0.001;

/** What both sides of a comparison are worth, and what its settings are. */
interface Setting {
  settings: PredictionSettings;
  z: number;
  /** rows of the hold-out for each one that is kept */
  stride: number;
  seriesShare: number;
  rows: SampleSizes;
}

async function evaluate(watched: Watched<PredictionSettings>): Promise<Evaluation> {
  const { model, version, settings } = watched;
  const window = hoursBefore(watched, settings.windowHours);
  const common = {
    ...{ signal: "prediction-drift", rule: "model-drift", severity: "warning" as const, version, window },
    ...(model.isSeries && { confirm: { needed: 2, among: 3 } }),
    details: { settings, facts: {} },
  };
  const what = "The predictions";
  const reference = await watched.reference();
  if (reference === undefined) {
    const reason =
      "nothing was kept of the hold-out predictions of this version: a version that is trained now has them";
    return notJudged({ ...common, targetRows: 0, what, reason });
  }
  const { predictions, inputs } = await watched.captured(window);
  const targetRows = predictions.rows;
  if (targetRows < settings.minRows) {
    const reason = `${targetRows} predictions in ${spanText(settings.windowHours)}; ${settings.minRows} are needed (minRows)`;
    return notJudged({ ...common, targetRows, what, reason });
  }
  const { seriesShare, why } = judgeDependence(await watched.trainingProfile(), inputs);
  const findings = compare(predictions, reference.holdout, watched, seriesShare);
  const details = { settings, facts: { seriesShare, why, falseAlarmShare } };
  const sentence = sentenceOf(findings, settings);
  return evaluated({ ...common, details, targetRows, ...verdictOver(findings), sentence, findings });
}

function compare(
  now: PredictionProfile,
  holdout: MonitoringReference["holdout"],
  { model, settings }: Watched<PredictionSettings>,
  seriesShare: number,
): Finding[] {
  const isClassifier = model.task === "classification";
  const numbers = isClassifier ? comparedScores(now, holdout, model.positive) : comparedValues(now, holdout);
  const tests = numbers.length + (isClassifier ? 1 : 0);
  const setting = {
    settings,
    z: normalTail(falseAlarmShare / Math.max(1, tests)),
    stride: Math.max(1, holdout.predictions.rows / Math.max(1, holdout.predicted.length)),
    seriesShare: model.isSeries ? seriesShare : 0,
    rows: { target: now.rows, baseline: holdout.predictions.rows },
  };
  const findings = numbers.map((one) => compareNumbers(one, setting, holdout, model.classes));
  return isClassifier ? [...findings, compareClasses(now, holdout, model.classes, setting)] : findings;
}

function compareNumbers(
  compared: ComparedNumbers,
  setting: Setting,
  { predicted }: MonitoringReference["holdout"],
  classes: readonly string[],
): Finding {
  const { subject, before, deviation, series, pointsOf } = compared;
  const inflation = series === undefined ? codeInflation(predicted, classes.length) : numberInflation(series);
  const beyondChance = noDriftWasserstein(before, compared, sizesOf(setting, inflation), setting.z);
  const windows = windowDistances(series ?? [], lengthOf(setting), (window, rest) =>
    numbersDistance({ now: pointsOf(window), before: pointsOf(rest), deviation }),
  );
  const value = numbersDistance(compared);
  const threshold = thresholdOf(setting.settings.numericThreshold, beyondChance, windows, setting);
  const more = { mean: meanOf(compared.now), holdoutMean: meanOf(before) };
  return findingOf({ subject, statistic: wassersteinStatistic, value, ...threshold, more }, setting);
}

function compareClasses(
  now: PredictionProfile,
  { predicted, predictions }: MonitoringReference["holdout"],
  classes: readonly string[],
  setting: Setting,
): Finding {
  const [before, after] = [classCounts(predictions.labels, classes), classCounts(now.labels, classes)];
  const sizes = sizesOf(setting, codeInflation(predicted, classes.length));
  const occupied = before.filter((rows, code) => rows + after[code] > 0).length;
  const beyondChance = noDriftJensenShannon(occupied, setting.rows, sizes, setting.z);
  const windows = windowDistances(predicted, lengthOf(setting), (window, rest) =>
    codesDistance(window, rest, classes.length),
  );
  const value = debiasedJensenShannon(before, after);
  const threshold = thresholdOf(setting.settings.categoricalThreshold, beyondChance, windows, setting);
  const shares = (counts: number[]) => counts.map((rows) => rows / counts.reduce((sum, one) => sum + one, 0));
  const more = { classes: [...classes], shares: shares(after), holdoutShares: shares(before) };
  return findingOf(
    { subject: "predicted class", statistic: jensenShannonStatistic, value, ...threshold, more },
    setting,
  );
}

/** A window as long as the one that is judged, in hold-out rows that are kept. */
function lengthOf({ rows, stride }: Setting): number {
  return Math.max(1, Math.round(rows.target / stride));
}

function sizesOf({ rows, stride, seriesShare }: Setting, inflation: Inflation): SampleSizes {
  const worth = (count: number) =>
    seriesShare === 0 ? count : effectiveRows(Math.max(1, count / stride), inflation, seriesShare);
  return { target: worth(rows.target), baseline: worth(rows.baseline) };
}

/** The largest of the setting, what chance reaches, and, of a series, what windows of the hold-out rows reached. */
function thresholdOf(effectSize: number, beyondChance: number, windows: number[], { seriesShare }: Setting) {
  const usual = seriesShare > 0 && windows.length > 0 ? Math.max(...windows) : 0;
  if (usual > Math.max(effectSize, beyondChance))
    return {
      threshold: usual,
      thresholdOrigin: `the largest distance of ${windows.length} windows of the hold-out rows`,
    };
  if (beyondChance > effectSize) return { threshold: beyondChance, thresholdOrigin: "no drift" };
  return { threshold: effectSize, thresholdOrigin: "effect size" };
}

type Measured = Pick<Finding, "subject" | "statistic" | "threshold" | "thresholdOrigin" | "more"> & { value: number };

function findingOf(measured: Measured, { rows }: Setting): Finding {
  const verdict = measured.value > (measured.threshold as number) ? "drift" : "ok";
  return { ...measured, verdict, targetRows: rows.target, baselineRows: rows.baseline };
}

function meanOf({ values, weights }: ComparedNumbers["now"]): number {
  let [rows, sum] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    rows += weights[i];
    sum += weights[i] * values[i];
  }
  return rows === 0 ? 0 : sum / rows;
}

function sentenceOf(findings: Finding[], { windowHours }: PredictionSettings): string {
  const over = `in the last ${spanText(windowHours)}`;
  const drifted = findings.filter(({ verdict }) => verdict === "drift");
  if (drifted.length === 0) return `The predictions ${over} are like those on the hold-out rows.`;
  return `The predictions ${over} differ from those on the hold-out rows: ${drifted.map(moved).join("; ")}.`;
}

function moved({ subject, value, threshold, more = {} }: Finding): string {
  const distance = `distance ${figure(value as number, 2)}, at most ${figure(threshold as number, 2)} without drift`;
  if (typeof more.mean === "number")
    return `the mean ${subject} is ${figure(more.mean, 3)}, ${figure(more.holdoutMean as number, 3)} at training (${distance})`;
  const [classes, now, before] = [more.classes as string[], more.shares as number[], more.holdoutShares as number[]];
  const most = now.reduce(
    (best, share, i) => (Math.abs(share - before[i]) > Math.abs(now[best] - before[best]) ? i : best),
    0,
  );
  return `${classes[most]} is predicted in ${percent(now[most])} of the rows, ${percent(before[most])} at training (${distance})`;
}
