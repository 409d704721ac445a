import {
  type ConfusionMatrix,
  classScores,
  matthewsCorrelation,
  accuracy as shareOnDiagonal,
} from "../../math/confusion";
import { averagePrecision, rocAuc } from "../../math/rankingAreas";
import type { OutcomeProfile, ScoreBins } from "../outcomeProfile";

export const classMetrics = [
  "accuracy",
  "precision",
  "recall",
  "f1",
  "mcc",
  "rocAuc",
  "prAuc",
  "brier",
  "logLoss",
] as const;
export const valueMetrics = ["mae", "rmse", "r2", "bias"] as const;

/** A measure of predictions against their truth. */
export type OutcomeMetric = (typeof classMetrics)[number] | (typeof valueMetrics)[number];

/** What larger values mean; a bias is best at none. */
export const betterWhen: Record<OutcomeMetric, "higher" | "lower" | "zero"> = {
  accuracy: "higher",
  precision: "higher",
  recall: "higher",
  f1: "higher",
  mcc: "higher",
  rocAuc: "higher",
  prAuc: "higher",
  brier: "lower",
  logLoss: "lower",
  mae: "lower",
  rmse: "lower",
  r2: "higher",
  bias: "zero",
};

/**
 * A metric of counted outcomes, equal to scikit-learn's of the same name; precision, recall, F1 and areas are about the
 * positive class, without one the mean over the classes. Areas are over the scores' bins. Null where the rows cannot
 * tell: no row of a class is not a recall of 0.
 */
export function outcomeMetric(metric: OutcomeMetric, outcomes: OutcomeProfile, positive?: string): number | null {
  if (outcomes.labelled === 0) return null;
  const value = formulas[metric](outcomes, positive);
  return value !== null && Number.isFinite(value) ? value : null;
}

type Formula = (outcomes: OutcomeProfile, positive?: string) => number | null;

const formulas: Record<OutcomeMetric, Formula> = {
  accuracy: ({ confusion, labelled }) => (labelled === 0 ? null : shareOnDiagonal(confusion)),
  precision: (outcomes, positive) => overClasses(outcomes, positive, "precision"),
  recall: (outcomes, positive) => overClasses(outcomes, positive, "recall"),
  f1: (outcomes, positive) => overClasses(outcomes, positive, "f1"),
  mcc: ({ confusion }) => (isDefined(confusion) ? matthewsCorrelation(confusion) : null),
  rocAuc: (outcomes, positive) => meanArea(outcomes, positive, rocAuc),
  prAuc: (outcomes, positive) => meanArea(outcomes, positive, averagePrecision),
  // of two classes both probabilities are off by the same, and scikit-learn counts one
  brier: (outcomes) => {
    const { sumBrier, labelled, classes } = outcomes;
    return hasScores(outcomes) ? sumBrier / labelled / (classes.length === 2 ? 2 : 1) : null;
  },
  logLoss: (outcomes) => (hasScores(outcomes) ? outcomes.sumLogLoss / outcomes.labelled : null),
  mae: ({ values, labelled }) => (values ? values.sumAbsolute / labelled : null),
  rmse: ({ values, labelled }) => (values ? Math.sqrt(Math.max(0, values.sumSquares) / labelled) : null),
  r2: ({ values, labelled }) => (values ? explained(values, labelled) : null),
  bias: ({ values, labelled }) => (values ? values.sumError / labelled : null),
};

/** Whether the probabilities of every labelled row were told. */
function hasScores({ scores, labelled }: OutcomeProfile): boolean {
  const bins = Object.values(scores);
  return bins.length > 0 && bins.every((one) => sum(one.labelled) === labelled);
}

/** Share of the variance explained; null where the truths do not vary. */
function explained({ sumSquares, sumTruth, sumTruthSquares }: NonNullable<OutcomeProfile["values"]>, rows: number) {
  const variation = sumTruthSquares - sumTruth ** 2 / rows;
  // sums of squares that differ by less lose the digits that count
  return variation <= 1e-9 * sumTruthSquares ? null : 1 - sumSquares / variation;
}

/** Both the truths and the predictions have more than one class. */
function isDefined(confusion: ConfusionMatrix): boolean {
  const occurring = (counts: number[]) => counts.filter((count) => count > 0).length;
  return occurring(confusion.map(sum)) > 1 && occurring(confusion.map((_row, code) => decidedAs(confusion, code))) > 1;
}

type Score = "precision" | "recall" | "f1";

function overClasses({ classes, confusion }: OutcomeProfile, positive: string | undefined, score: Score) {
  const counted = (code: number) => {
    const [isTrue, isDecided] = [sum(confusion[code]) > 0, decidedAs(confusion, code) > 0];
    return score === "recall" ? isTrue : score === "precision" ? isDecided : isTrue || isDecided;
  };
  if (positive !== undefined) {
    const code = classes.indexOf(positive);
    return counted(code) ? classScores(confusion, code)[score] : null;
  }
  // as scikit-learn, over the classes that were true or predicted
  const codes = [...classes.keys()].filter((code) => sum(confusion[code]) + decidedAs(confusion, code) > 0);
  return codes.reduce((total, code) => total + classScores(confusion, code)[score], 0) / codes.length;
}

type Area = (scores: Float64Array, positive: Uint8Array, ranking: { weights: number[] }) => number | null;

function meanArea({ classes, scores }: OutcomeProfile, positive: string | undefined, area: Area): number | null {
  const judged = positive === undefined ? classes : [positive];
  const areas = judged.map((name) => {
    const bins = Object.hasOwn(scores, name) ? scores[name] : undefined;
    return bins === undefined ? null : binnedArea(bins, area);
  });
  if (areas.some((one) => one === null)) return null;
  return areas.reduce<number>((total, one) => total + (one as number), 0) / areas.length;
}

/** Each bin as two rows: its positives and its other labelled rows. */
function binnedArea({ labelled, positives }: ScoreBins, area: Area): number | null {
  const bins = labelled.length;
  const scores = Float64Array.from({ length: 2 * bins }, (_, i) => i % bins);
  const isPositive = Uint8Array.from({ length: 2 * bins }, (_, i) => (i < bins ? 1 : 0));
  return area(scores, isPositive, { weights: [...positives, ...labelled.map((rows, bin) => rows - positives[bin])] });
}

function decidedAs(confusion: ConfusionMatrix, code: number): number {
  return sum(confusion.map((row) => row[code]));
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
