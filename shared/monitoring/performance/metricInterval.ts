import { normalTail } from "../noDrift";
import type { OutcomeProfile, ScoreBins } from "../outcomeProfile";
import { studentTail } from "../statistics/normal";
import { type OutcomeMetric, outcomeMetric } from "./outcomeMetrics";
import { withoutPart } from "./sumOutcomes";

export type Interval = [low: number, high: number];

/** Outcomes in parts that are nearly independent of one another, such as days. */
export interface PartedOutcomes {
  whole: OutcomeProfile;
  parts: OutcomeProfile[];
}

/** With fewer parts they cannot show how much a metric varies. */
export const leastParts = 5;

/**
 * An interval that holds a metric's true value with about the confidence: by leaving out each part in turn, with
 * Student's quantile, and at least as wide as for independent rows where there is a formula for those. Undefined where
 * neither can be told. Source: B. Efron, C. Stein, "The jackknife estimate of variance", 1981.
 */
export function metricInterval(
  metric: OutcomeMetric,
  outcomes: PartedOutcomes,
  { positive, confidence }: { positive?: string; confidence: number },
): Interval | undefined {
  const value = outcomeMetric(metric, outcomes.whole, positive);
  if (value === null) return undefined;
  const tail = (1 - confidence) / 2;
  const byParts = partsInterval(metric, outcomes, positive, { value, tail });
  const byRows = rowsInterval(metric, outcomes.whole, positive, { value, z: normalTail(tail) });
  const intervals = [byParts, byRows].filter((one) => one !== undefined);
  if (intervals.length === 0) return undefined;
  const [least, most] = limits[metric];
  return [
    Math.max(least, Math.min(...intervals.map(([low]) => low))),
    Math.min(most, Math.max(...intervals.map(([, high]) => high))),
  ];
}

const limits: Record<OutcomeMetric, Interval> = {
  accuracy: [0, 1],
  precision: [0, 1],
  recall: [0, 1],
  f1: [0, 1],
  mcc: [-1, 1],
  rocAuc: [0, 1],
  prAuc: [0, 1],
  brier: [0, 2],
  logLoss: [0, Number.POSITIVE_INFINITY],
  mae: [0, Number.POSITIVE_INFINITY],
  rmse: [0, Number.POSITIVE_INFINITY],
  r2: [Number.NEGATIVE_INFINITY, 1],
  bias: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
};

function partsInterval(
  metric: OutcomeMetric,
  { whole, parts }: PartedOutcomes,
  positive: string | undefined,
  { value, tail }: { value: number; tail: number },
): Interval | undefined {
  const labelled = parts.filter((part) => part.labelled > 0);
  if (labelled.length < leastParts) return undefined;
  const values = labelled.map((part) => outcomeMetric(metric, withoutPart(whole, part), positive));
  const known = values.filter((one) => one !== null);
  // without one part alone the metric is undefined: all that it rests on lies there
  if (known.length < labelled.length) return undefined;
  const half = studentTail(tail, labelled.length - 1) * jackknifeError(known);
  return [value - half, value + half];
}

/** The standard error of a statistic by its values without each of the parts. */
function jackknifeError(values: number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(((values.length - 1) / values.length) * squares);
}

interface Estimate {
  value: number;
  z: number;
}

/** For independent rows; undefined for metrics that have no formula by counts alone. */
function rowsInterval(
  metric: OutcomeMetric,
  outcomes: OutcomeProfile,
  positive: string | undefined,
  { value, z }: Estimate,
): Interval | undefined {
  const { confusion, classes, scores, labelled } = outcomes;
  if (metric === "accuracy") return wilson(value, labelled, z);
  if (positive === undefined) return undefined;
  const code = classes.indexOf(positive);
  const truths = confusion[code].reduce((sum, rows) => sum + rows, 0);
  const decided = confusion.reduce((sum, row) => sum + row[code], 0);
  switch (metric) {
    case "recall":
      return wilson(value, truths, z);
    case "precision":
      return wilson(value, decided, z);
    case "f1": {
      // F1 rises with the share of hits among the rows that are true or predicted: 2 s / (1 + s)
      const [low, high] = wilson(value / (2 - value), truths + decided - confusion[code][code], z);
      return [(2 * low) / (1 + low), (2 * high) / (1 + high)];
    }
    case "rocAuc": {
      const error = rocAucError(scores[positive]);
      return error === undefined ? undefined : [value - z * error, value + z * error];
    }
    default:
      return undefined;
  }
}

/** Interval of a share of `rows`. Source: E. Wilson, "Probable inference", 1927. */
export function wilson(share: number, rows: number, z: number): Interval {
  const square = (z * z) / rows;
  const centre = (share + square / 2) / (1 + square);
  const half = (z * Math.sqrt((share * (1 - share)) / rows + square / (4 * rows))) / (1 + square);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/**
 * Standard error of the area under the ROC curve over bins, undefined with fewer than two rows of a class. Source: E.
 * DeLong, D. DeLong, D. Clarke-Pearson, "Comparing the areas under two or more correlated ROC curves", 1988.
 */
export function rocAucError({ labelled, positives }: Pick<ScoreBins, "labelled" | "positives">): number | undefined {
  const negatives = labelled.map((rows, bin) => rows - positives[bin]);
  const total = (counts: number[]) => counts.reduce((sum, count) => sum + count, 0);
  const [allPositives, allNegatives] = [total(positives), total(negatives)];
  if (allPositives < 2 || allNegatives < 2) return undefined;
  const ofPositive = rowsBelow(negatives).map((rows) => rows / allNegatives);
  const ofNegative = rowsBelow(positives).map((rows) => 1 - rows / allPositives);
  return Math.sqrt(variance(ofPositive, positives) / allPositives + variance(ofNegative, negatives) / allNegatives);
}

/** Rows in the bins below each, and half of its own. */
function rowsBelow(counts: number[]): number[] {
  let below = 0;
  return counts.map((rows) => {
    below += rows;
    return below - rows / 2;
  });
}

function variance(values: number[], weights: number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = values.reduce((sum, value, i) => sum + weights[i] * value, 0) / total;
  return values.reduce((sum, value, i) => sum + weights[i] * (value - mean) ** 2, 0) / (total - 1);
}
