import type { ClassificationMetrics } from "./classificationMetrics";
import type { RegressionMetrics } from "./regressionMetrics";

/** How people should read a metric. */
export interface MetricWords {
  title: string;
  better: "lower" | "higher" | "near 0";
  /** what it is, in a sentence without its name */
  meaning: string;
}

/** The metrics that are one number, of classes and of numbers. */
type NumberMetric = NumbersOf<ClassificationMetrics> | NumbersOf<RegressionMetrics>;
type NumbersOf<T> = Exclude<{ [Key in keyof T]: T[Key] extends number | null ? Key : never }[keyof T], "rows">;

const words = new Map<string, MetricWords>(
  Object.entries({
    brier: {
      title: "Brier score",
      better: "lower",
      meaning: "mean squared error of the probabilities; 0 is perfect",
    },
    logLoss: {
      title: "Log loss",
      better: "lower",
      meaning: "mean negative log of the probability of what happened; confident mistakes cost most; 0 is perfect",
    },
    rocAuc: {
      title: "ROC AUC",
      better: "higher",
      meaning: "how often a positive row ranks above a negative one; 0.5 is chance",
    },
    prAuc: {
      title: "PR AUC",
      better: "higher",
      meaning: "average precision over all thresholds; chance is the share of positive rows",
    },
    f1: { title: "F1", better: "higher", meaning: "harmonic mean of precision and recall of the decisions" },
    mcc: {
      title: "MCC",
      better: "higher",
      meaning: "Matthews correlation of decided and actual classes; 0 is chance, 1 is perfect",
    },
    accuracy: { title: "Accuracy", better: "higher", meaning: "share of decisions that are correct" },
    balancedAccuracy: {
      title: "Balanced accuracy",
      better: "higher",
      meaning: "mean of the classes' recalls",
    },
    precision: { title: "Precision", better: "higher", meaning: "share of rows decided positive that are positive" },
    recall: { title: "Recall", better: "higher", meaning: "share of positive rows that are found" },
    rmse: { title: "RMSE", better: "lower", meaning: "root of the mean squared error, in the label's unit" },
    mae: { title: "MAE", better: "lower", meaning: "mean absolute error, in the label's unit" },
    medianAbsoluteError: {
      title: "Median absolute error",
      better: "lower",
      meaning: "half of the rows are off by less, in the label's unit",
    },
    r2: { title: "R²", better: "higher", meaning: "share of the variance explained; 0 is as good as the mean" },
    mape: {
      title: "MAPE",
      better: "lower",
      meaning: "mean of the absolute error divided by the actual value; huge where that is near 0",
    },
    maxError: { title: "Largest error", better: "lower", meaning: "of a single row, in the label's unit" },
    bias: {
      title: "Bias",
      better: "near 0",
      meaning: "mean of predicted minus actual; above 0 the predictions are too high",
    },
  } satisfies Record<NumberMetric, MetricWords>),
);

/** How a metric is described; one without a description is called by its own name. */
export function metricWords(metric: string): MetricWords | undefined {
  return words.get(metric);
}

/** A metric's name for people, as a heading: "Log loss" for logLoss. */
export function metricTitle(metric: string): string {
  return words.get(metric)?.title ?? metric;
}

const properNames = new Set(["brier"]);

/** A metric's name within a sentence: "log loss" for logLoss; acronyms and names of people stay as they are. */
export function metricName(metric: string): string {
  const title = metricTitle(metric);
  return !properNames.has(metric) && /^[A-Z][a-z]/.test(title) ? title[0].toLowerCase() + title.slice(1) : title;
}

const averaged = new Set(["precision", "recall", "f1", "rocAuc", "prAuc"]);

/** Which way a metric is better and what it is, for a model of `classes` classes (none with regression). */
export function metricNote(metric: string, classes = 0): string | undefined {
  const found = words.get(metric);
  if (found === undefined) return undefined;
  const mean = classes > 2 && averaged.has(metric) ? "; the mean over the classes, each against the rest" : "";
  return `${found.better} is better: ${found.meaning}${mean}`;
}
