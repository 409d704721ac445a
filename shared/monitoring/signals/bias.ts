import { z } from "zod";
import { figure, percent } from "../../figure";
import type { Finding } from "../finding";
import { normalTail } from "../noDrift";
import type { OutcomeProfile } from "../outcomeProfile";
import { holdoutOutcomes } from "../performance/holdoutOutcomes";
import type { PartedOutcomes } from "../performance/metricInterval";
import { outcomesByPart } from "../performance/outcomesByPart";
import { type OverPrediction, overPredictions } from "../performance/overPrediction";
import { type SliceGap, sliceGaps } from "../performance/sliceGaps";
import { scheduleFields } from "../schedule";
import { benjaminiHochberg } from "../statistics/benjaminiHochberg";
import { normalExceeds } from "../statistics/normal";
import { partedMean } from "../statistics/partedMean";
import { evaluated, hoursBefore, notJudged, spanText, verdictOver } from "./evaluated";
import type { Evaluation, Signal, Watched } from "./signal";
import { signalDetails } from "./signalDetails";

const settings = z.strictObject({
  /** predictions of so many hours, up to those whose truth can be known by now */
  windowHours: z.int().min(1).default(720),
  /** predictions with their truth that are needed */
  minLabelled: z.int().min(1).default(100),
  /** of them, that a slice needs (for its recall: of the positive class) */
  minSliceRows: z.int().min(1).default(50),
  /** a slice is worse when its accuracy or recall is so far below that of all other rows */
  minGap: z.number().min(0).default(0.1),
  /** ... or its mean absolute error exceeds that of all other rows by this share */
  minErrorGap: z.number().min(0).default(0.25),
  /** a class may be predicted more often than it is true by this share, beyond what it was on the hold-out rows */
  maxOverPrediction: z.number().min(0).default(0.25),
  /** of what is found worse, at most this share may be so by chance */
  falseDiscoveryShare: z.number().gt(0).lt(1).default(0.01),
  enabled: z.boolean().default(true),
  ...scheduleFields("daily"),
});

type BiasSettings = z.infer<typeof settings>;

/** Whether a declared slice does worse than the others, and whether a class is predicted more often than it is true. */
export const bias = {
  name: "bias",
  settings,
  needs: ["captures", "labels"],
  document: signalDetails,
  evaluate,
} satisfies Signal<BiasSettings>;

async function evaluate(watched: Watched<BiasSettings>): Promise<Evaluation> {
  const { model, version, settings } = watched;
  const window = hoursBefore(watched, settings.windowHours, model.horizonHours);
  const outcomes = outcomesByPart(await watched.outcomes(window), model);
  const { labelled, predictions } = outcomes.whole;
  const inflation = inflationOf(outcomes);
  const common = {
    ...{ signal: "bias", rule: "bias", severity: "warning" as const, version, window, targetRows: labelled },
    details: { settings, facts: { predictions, labelled, slices: model.slices, inflation } },
  };
  const reason = missingOf(watched, outcomes.whole);
  if (reason !== undefined) return notJudged({ ...common, what: "Whether the model is biased", reason });
  const reference = await watched.reference();
  const holdout = reference && holdoutOutcomes(reference.holdout, model).whole;
  const findings = [
    ...sliceFindings(
      sliceGaps(outcomes.whole, { ...settings, positive: model.positive, minRows: settings.minSliceRows, inflation }),
      settings,
    ),
    ...classFindings(outcomes.whole, holdout, inflation, settings),
  ];
  return evaluated({ ...common, ...verdictOver(findings), sentence: sentenceOf(findings, settings), findings });
}

function missingOf({ model, settings }: Watched<BiasSettings>, { labelled, predictions }: OutcomeProfile) {
  if (labelled < settings.minLabelled)
    return `${labelled} of ${predictions} predictions have their truth; ${settings.minLabelled} are needed (minLabelled)`;
  if (model.task === "regression" && model.slices.length === 0)
    return "the use case declares no slices (evaluation.slices) by which errors could differ";
  return undefined;
}

/** How many rows are worth one independent one, by how much parts differ in their errors. */
function inflationOf({ parts }: PartedOutcomes): number {
  const { rows, mean, error } = partedMean(
    parts.map(({ labelled, wrongInOrder, values }) => {
      if (values !== undefined) return { rows: labelled, sum: values.sumAbsolute };
      return { rows: labelled, sum: wrongInOrder.split("1").length - 1 };
    }),
  );
  const isShare = parts.every(({ values }) => values === undefined);
  const squares = parts.reduce((sum, { values }) => sum + (values?.sumSquares ?? 0), 0);
  const variance = isShare ? mean * (1 - mean) : squares / rows - mean ** 2;
  return variance > 0 && rows > 0 ? Math.max(1, (error ** 2 * rows) / variance) : 1;
}

function sliceFindings(gaps: SliceGap[], settings: BiasSettings): Finding[] {
  const { minGap, minErrorGap, falseDiscoveryShare } = settings;
  const chances = gaps.map(({ gap, error }) => (error > 0 ? normalExceeds(gap / error) : gap > 0 ? 0 : 1));
  const worse = benjaminiHochberg(chances, falseDiscoveryShare);
  const reach = normalTail(falseDiscoveryShare / 2);
  return gaps.map(({ slice, statistic, rows, otherRows, value, other, gap, error }, i) => {
    const threshold = statistic === "error gap" ? minErrorGap : minGap;
    return {
      subject: slice,
      statistic,
      value: gap,
      interval: [gap - reach * error, gap + reach * error],
      threshold,
      thresholdOrigin: `effect size, and a test over ${gaps.length} slices`,
      verdict: gap >= threshold && worse[i] ? "drift" : "ok",
      targetRows: rows,
      baselineRows: otherRows,
      more: { slice: value, others: other, chance: chances[i] },
    };
  });
}

function classFindings(
  { confusion, classes }: OutcomeProfile,
  holdout: OutcomeProfile | undefined,
  inflation: number,
  { maxOverPrediction, falseDiscoveryShare }: BiasSettings,
): Finding[] {
  const before = new Map((holdout ? overPredictions(holdout.confusion, classes, 1) : []).map((one) => [one.name, one]));
  return overPredictions(confusion, classes, inflation).map((one) => {
    const usual = before.get(one.name);
    const threshold = maxOverPrediction + Math.max(0, usual?.value ?? 0);
    const isBiased = one.value > threshold && normalExceeds(one.z) < falseDiscoveryShare;
    return {
      subject: `class=${one.name}`,
      statistic: "over-prediction",
      value: one.value,
      threshold,
      thresholdOrigin: usual === undefined ? "setting" : "setting, beyond the hold-out's",
      verdict: isBiased ? "drift" : "ok",
      targetRows: confusion.flat().reduce((sum, rows) => sum + rows, 0),
      more: countsOf(one, usual),
    };
  });
}

function countsOf(
  { predicted, actual }: OverPrediction,
  usual: OverPrediction | undefined,
): NonNullable<Finding["more"]> {
  return { predicted, actual, holdout: usual?.value ?? null };
}

const shown = 3;

function sentenceOf(findings: Finding[], { windowHours }: BiasSettings): string {
  const over = `over ${spanText(windowHours)}`;
  const drifted = findings.filter(({ verdict }) => verdict === "drift").sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const more = drifted.length > shown ? `; and ${drifted.length - shown} more` : "";
  if (drifted.length > 0) return `${drifted.slice(0, shown).map(told).join("; ")}${more} (${over}).`;
  const slices = new Set(
    findings.filter(({ statistic }) => statistic !== "over-prediction").map(({ subject }) => subject),
  );
  const none =
    slices.size === 0
      ? "No slice has enough rows to be judged"
      : `None of ${slices.size} slices is worse than the others`;
  return `${none}, and no class is predicted much more often than it is true (${over}).`;
}

function told({ subject, statistic, value, more = {} }: Finding): string {
  const [own, others] = [more.slice as number, more.others as number];
  switch (statistic) {
    case "over-prediction":
      return `${subject.slice("class=".length)} is predicted ${percent(value as number)} more often than it is true (${more.predicted} times for ${more.actual})`;
    case "error gap":
      return `Where ${subject} the mean absolute error is ${figure(own, 3)}, ${figure(others, 3)} elsewhere`;
    default:
      return `Where ${subject} the ${statistic === "recall gap" ? "recall" : "accuracy"} is ${figure(own, 3)}, ${figure(others, 3)} elsewhere`;
  }
}
