import { z } from "zod";
import { figure, percent } from "../../figure";
import type { Finding } from "../finding";
import { holdoutOutcomes } from "../performance/holdoutOutcomes";
import { judgeMetric } from "../performance/judgeMetric";
import { leastParts, metricInterval, type PartedOutcomes } from "../performance/metricInterval";
import { capitalised, metricWords, withInterval } from "../performance/metricWords";
import { classMetrics, type OutcomeMetric, outcomeMetric, valueMetrics } from "../performance/outcomeMetrics";
import { outcomesByPart } from "../performance/outcomesByPart";
import { scheduleFields } from "../schedule";
import { evaluated, hoursBefore, notJudged, spanText, verdictOver } from "./evaluated";
import type { Evaluation, Signal, Watched, WatchedModel } from "./signal";
import { signalDetails } from "./signalDetails";

const metricNames = z.enum([...classMetrics, ...valueMetrics]);

const settings = z.strictObject({
  /** predictions of so many hours, up to those whose truth can be known by now */
  windowHours: z.int().min(1).default(336),
  /** predictions with their truth that are needed */
  minLabelled: z.int().min(1).default(100),
  /** metrics that are judged; without any, every metric of the task */
  metrics: z.array(metricNames).default([]),
  /** the share of windows in which a metric's interval holds its true value */
  confidence: z.number().gt(0.5).lt(1).default(0.99),
  /** shares, areas, MCC and R2 may fall so far below the hold-out's interval */
  tolerance: z.number().min(0).default(0.05),
  /** Brier score, log loss and errors may exceed the hold-out's interval by this share */
  errorTolerance: z.number().min(0).default(0.1),
  /** values that a metric may not fall below (an error: exceed), in the place of the hold-out's */
  limits: z.partialRecord(metricNames, z.number()).default({}),
  enabled: z.boolean().default(true),
  ...scheduleFields("daily"),
});

type PerformanceSettings = z.infer<typeof settings>;

/** Whether predictions fit their truths as well as they did at training. */
export const performance = {
  name: "performance",
  settings,
  needs: ["captures", "labels"],
  document: signalDetails,
  evaluate,
} satisfies Signal<PerformanceSettings>;

async function evaluate(watched: Watched<PerformanceSettings>): Promise<Evaluation> {
  const { model, version, settings } = watched;
  const window = hoursBefore(watched, settings.windowHours, model.horizonHours);
  const hours = await watched.outcomes(window);
  const now = outcomesByPart(hours, model);
  const { predictions, labelled } = now.whole;
  const facts = { predictions, labelled, labelledShare: predictions === 0 ? 0 : labelled / predictions };
  const common = {
    ...{ signal: "performance", rule: "performance", severity: "error" as const },
    ...{ version, window, targetRows: labelled, details: { settings, facts } },
  };
  const missing = missingOf(now, model, settings);
  if (missing !== undefined) return notJudged({ ...common, what: "The performance", reason: missing });
  const reference = await watched.reference();
  const holdout = reference && holdoutOutcomes(reference.holdout, model);
  const findings = judge(now, holdout, model, settings);
  const sentence = `${sentenceOf(findings, settings)}; ${labelledText(facts)}.`;
  return evaluated({ ...common, ...verdictOver(findings), sentence, findings });
}

function missingOf({ whole, parts }: PartedOutcomes, model: WatchedModel, { minLabelled }: PerformanceSettings) {
  if (whole.labelled < minLabelled)
    return `${whole.labelled} of ${whole.predictions} predictions have their truth; ${minLabelled} are needed (minLabelled)`;
  const days = parts.filter(({ labelled }) => labelled > 0).length;
  if (model.isSeries && days < leastParts)
    return `the predictions with their truth are of ${days} days; ${leastParts} are needed, since those of a day err alike (windowHours)`;
  return undefined;
}

function judge(
  now: PartedOutcomes,
  holdout: PartedOutcomes | undefined,
  { task, positive }: WatchedModel,
  settings: PerformanceSettings,
): Finding[] {
  const all: readonly OutcomeMetric[] = task === "classification" ? classMetrics : valueMetrics;
  const judged = all.filter((metric) => settings.metrics.length === 0 || settings.metrics.includes(metric));
  const options = { positive, confidence: settings.confidence };
  const measured = (metric: OutcomeMetric, outcomes: PartedOutcomes) => ({
    value: outcomeMetric(metric, outcomes.whole, positive),
    interval: metricInterval(metric, outcomes, options),
  });
  const rows = { target: now.whole.labelled, baseline: holdout?.whole.labelled ?? 0 };
  const rmse = holdout && outcomeMetric("rmse", holdout.whole);
  return judged.map((metric) => {
    const before = holdout === undefined ? { value: null } : measured(metric, holdout);
    return judgeMetric({ metric, now: measured(metric, now), holdout: before, rmse }, settings, rows);
  });
}

function sentenceOf(findings: Finding[], { windowHours }: PerformanceSettings): string {
  const drifted = findings.filter(({ verdict }) => verdict === "drift");
  const over = `over ${spanText(windowHours)}`;
  if (drifted.length > 0)
    return `${drifted
      .slice(0, 3)
      .map((one) => fallen(one, over))
      .join("; ")}${andMore(drifted)}`;
  const first = findings.find(({ verdict }) => verdict === "ok");
  if (first === undefined) return `The metrics cannot be told ${over}: ${findings[0]?.reason ?? "none is judged"}`;
  const words = capitalised(metricWords(first.statistic));
  return `${words} is ${withInterval(first.value as number, first.interval)} ${over}${atTraining(first)}`;
}

function fallen(finding: Finding, over: string): string {
  const { statistic, value, interval, threshold } = finding;
  const rose = (value as number) > (threshold as number);
  const words = `${capitalised(metricWords(statistic))} ${rose ? "rose" : "fell"} to`;
  const limit = finding.thresholdOrigin === "setting" ? `; the limit is ${figure(threshold as number, 3)}` : "";
  return `${words} ${withInterval(value as number, interval)} ${over}${atTraining(finding)}${limit}`;
}

function atTraining({ more }: Finding): string {
  return typeof more?.holdout === "number" ? `; ${figure(more.holdout, 3)} at training` : "";
}

function andMore(drifted: Finding[]): string {
  return drifted.length > 3 ? `; and ${drifted.length - 3} more metrics` : "";
}

function labelledText({ labelledShare }: { labelledShare: number }): string {
  return `${percent(labelledShare)} of the predictions have their truth`;
}
