import { z } from "zod";
import { figure } from "../../figure";
import { judgeDependence } from "../dependence";
import type { Finding } from "../finding";
import type { OutcomeProfile } from "../outcomeProfile";
import { calibrationCurve, estimateOutcomes } from "../performance/estimateOutcomes";
import { holdoutOutcomes } from "../performance/holdoutOutcomes";
import { judgeMetric } from "../performance/judgeMetric";
import { metricInterval } from "../performance/metricInterval";
import { capitalised, metricWords, withInterval } from "../performance/metricWords";
import { outcomeMetric } from "../performance/outcomeMetrics";
import { outsideSupport } from "../performance/support";
import type { MonitoringReference } from "../reference";
import { scheduleFields } from "../schedule";
import { effectiveRows, numberInflation } from "../varianceInflation";
import { evaluated, hoursBefore, notJudged, spanText, verdictOver } from "./evaluated";
import type { Evaluation, Signal, Watched } from "./signal";
import { signalDetails } from "./signalDetails";

/** those that the rows' counts give an interval for */
const estimated = ["rocAuc", "accuracy", "precision", "recall", "f1"] as const;
const metricNames = z.enum(estimated);

const settings = z.strictObject({
  /** predictions of so many hours */
  windowHours: z.int().min(1).default(168),
  /** of them, that are needed */
  minRows: z.int().min(1).default(100),
  /** hold-out rows that are needed for the calibration of scores */
  minHoldoutRows: z.int().min(1).default(300),
  /** the share of windows in which an estimate's band holds its value, if scores mean what they meant */
  confidence: z.number().gt(0.5).lt(1).default(0.99),
  /** an estimate may fall so far below the hold-out's interval */
  tolerance: z.number().min(0).default(0.05),
  /** values that an estimate may not fall below, in the place of the hold-out's */
  limits: z.partialRecord(metricNames, z.number()).default({}),
  /** no estimate is made when more than this share of the scores, or of an input, lies where the baseline has none */
  maxOutside: z.number().min(0).max(1).default(0.05),
  enabled: z.boolean().default(true),
  ...scheduleFields("hourly"),
});

type EstimateSettings = z.infer<typeof settings>;

/** How well the model does before truths are known, by its calibrated confidences. */
export const estimatedPerformance = {
  name: "estimated-performance",
  settings,
  needs: ["captures", "trainingProfile"],
  document: signalDetails,
  evaluate,
} satisfies Signal<EstimateSettings>;

const blindness = "The estimate cannot see whether the inputs mean something else for the label now";

async function evaluate(watched: Watched<EstimateSettings>): Promise<Evaluation> {
  const { model, version, settings } = watched;
  const window = hoursBefore(watched, settings.windowHours);
  const common = {
    ...{ signal: "estimated-performance", rule: "estimated-performance", severity: "warning" as const },
    ...{ version, window, details: { settings, facts: { method: "CBPE", blindness } } },
  };
  const not = (reason: string, targetRows = 0) =>
    notJudged({ ...common, targetRows, reason, what: "The performance until truths are known" });
  const { positive } = model;
  if (positive === undefined)
    return not("it is estimated from the probabilities of two classes, which the model does not give");
  const reference = await watched.reference();
  const holdoutRows = reference?.holdout.truths.length ?? 0;
  if (reference === undefined || holdoutRows < settings.minHoldoutRows)
    return not(
      `${holdoutRows} hold-out rows are kept with this version; ${settings.minHoldoutRows} are needed to calibrate its scores (minHoldoutRows)`,
    );
  const captured = await watched.captured(window);
  const targetRows = captured.predictions.rows;
  if (targetRows < settings.minRows)
    return not(
      `${targetRows} predictions in ${spanText(settings.windowHours)}; ${settings.minRows} are needed (minRows)`,
      targetRows,
    );
  const training = await watched.trainingProfile();
  const outside = outsideSupport(captured, training, reference.holdout, settings.maxOutside);
  if (outside.length > 0) return not(`outside support: ${outside.slice(0, 5).join("; ")} (maxOutside)`, targetRows);
  const { seriesShare } = judgeDependence(training, captured.inputs);
  const { holdout } = reference;
  const code = model.classes.indexOf(positive);
  const curve = calibrationCurve(
    holdout.probabilities,
    holdout.truths.map((truth) => (truth === code ? 1 : 0)),
  );
  const expected = estimateOutcomes(captured.predictions, curve, { classes: model.classes, positive });
  const worth = effectiveShare(holdout, targetRows, model.isSeries ? seriesShare : 0);
  const findings = judge(expected, worth, watched, holdout);
  const details = { settings, facts: { method: "CBPE", blindness, effectiveRows: worth * targetRows } };
  const sentence = `${sentenceOf(findings, settings)}. ${blindness}.`;
  return evaluated({ ...common, details, targetRows, ...verdictOver(findings), sentence, findings });
}

/** The share of the rows that are worth an independent one, by how alike consecutive hold-out errors are. */
function effectiveShare(
  { truths, predicted, predictions }: MonitoringReference["holdout"],
  rows: number,
  seriesShare: number,
) {
  if (seriesShare === 0) return 1;
  const stride = Math.max(1, predictions.rows / truths.length);
  const errors = truths.map((truth, row) => (truth === predicted[row] ? 0 : 1));
  return Math.min(1, effectiveRows(Math.max(1, rows / stride), numberInflation(errors), seriesShare) / rows);
}

function judge(
  expected: OutcomeProfile,
  worth: number,
  { model, settings }: Watched<EstimateSettings>,
  holdout: MonitoringReference["holdout"],
): Finding[] {
  const { positive } = model;
  const options = { positive, confidence: settings.confidence };
  const effective = { whole: scaled(expected, worth), parts: [] };
  const before = holdoutOutcomes(holdout, model);
  const rows = { target: expected.labelled, baseline: before.whole.labelled };
  return estimated.map((metric) => {
    const now = {
      value: outcomeMetric(metric, expected, positive),
      interval: metricInterval(metric, effective, options),
    };
    const known = {
      value: outcomeMetric(metric, before.whole, positive),
      interval: metricInterval(metric, before, options),
    };
    return judgeMetric({ metric, now, holdout: known }, { ...settings, errorTolerance: 0 }, rows);
  });
}

/** The outcomes with each row counted as a share of one. */
function scaled(outcomes: OutcomeProfile, share: number): OutcomeProfile {
  const times = (counts: number[]) => counts.map((count) => count * share);
  return {
    ...outcomes,
    labelled: outcomes.labelled * share,
    confusion: outcomes.confusion.map(times),
    scores: Object.fromEntries(
      Object.entries(outcomes.scores).map(([name, bins]) => [
        name,
        {
          rows: times(bins.rows),
          sums: times(bins.sums),
          labelled: times(bins.labelled),
          positives: times(bins.positives),
        },
      ]),
    ),
  };
}

function sentenceOf(findings: Finding[], { windowHours }: EstimateSettings): string {
  const told = findings.filter(({ verdict }) => verdict === "drift");
  const shown = told.length > 0 ? told.slice(0, 3) : findings.filter(({ value }) => value !== null).slice(0, 1);
  const texts = shown.map(({ statistic, value, interval, more }) => {
    const before = typeof more?.holdout === "number" ? `, ${figure(more.holdout, 3)} at training` : "";
    return `${capitalised(metricWords(statistic))} is estimated at ${withInterval(value as number, interval)}${before}`;
  });
  return `${texts.join("; ")} over ${spanText(windowHours)}`;
}
