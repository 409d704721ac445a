import { balancedAccuracy, type ConfusionMatrix, confusionMatrix, fBeta, matthewsCorrelation } from "../math/confusion";
import { ascendingOrder, averagePrecision, rocAuc } from "../math/rankingAreas";
import type { SelectionMetric } from "../usecase/selectionSpec";
import { type ClassifierOutput, decidedClasses, judgedClasses, membershipOf, scoresOf } from "./classifierOutput";
import { brierByRow, logLossByRow } from "./probabilityScores";
import { absoluteErrorByRow, type RegressionOutput, r2, squaredErrorByRow } from "./regressionMetrics";

/** What a model predicted for known rows: class probabilities or numbers. */
export type ModelOutput = ClassifierOutput | RegressionOutput;

/** Whether a model predicts classes, not numbers. */
export function isClassifier(output: ModelOutput): output is ClassifierOutput {
  return "probabilities" in output;
}

/** A metric that is a mean over rows, or a function of one. */
export interface MeanMetric {
  byRow: Float64Array;
  /** metric of the mean */
  ofMean(mean: number): number;
}

const same = (mean: number) => mean;
const meanMetrics = {
  brier: (output) => ({ byRow: brierByRow(classifier("brier", output)), ofMean: same }),
  logLoss: (output) => ({ byRow: logLossByRow(classifier("logLoss", output)), ofMean: same }),
  accuracy: (output) => ({ byRow: hitsByRow(classifier("accuracy", output)), ofMean: same }),
  mae: (output) => ({ byRow: absoluteErrorByRow(regression("mae", output)), ofMean: same }),
  rmse: (output) => ({ byRow: squaredErrorByRow(regression("rmse", output)), ofMean: Math.sqrt }),
} satisfies Partial<Record<SelectionMetric, (output: ModelOutput) => MeanMetric>>;

function isMean(metric: SelectionMetric): metric is keyof typeof meanMetrics {
  return Object.hasOwn(meanMetrics, metric);
}

/** The metric as a mean over the rows of `output`; undefined where it is not one. */
export function meanMetric(metric: SelectionMetric, output: ModelOutput): MeanMetric | undefined {
  return isMean(metric) ? meanMetrics[metric](output) : undefined;
}

/**
 * Value of a metric when each row counts as often as its weight says; NaN where it is undefined because a class is
 * absent.
 */
export type WeightedMetric = (weights: ArrayLike<number>) => number;

/**
 * The metric of `output` as a function of weights; what does not depend on them (order, decisions) is computed once.
 */
export function weightedMetric(metric: SelectionMetric, output: ModelOutput): WeightedMetric {
  if (isMean(metric)) {
    const { byRow, ofMean } = meanMetrics[metric](output);
    return (weights) => ofMean(weightedMean(byRow, weights));
  }
  switch (metric) {
    case "rocAuc":
      return areaMetric(classifier(metric, output), rocAuc);
    case "prAuc":
      return areaMetric(classifier(metric, output), averagePrecision);
    case "mcc":
      return matrixMetric(classifier(metric, output), matthewsCorrelation);
    case "balancedAccuracy":
      return matrixMetric(classifier(metric, output), balancedAccuracy);
    case "f1":
      return matrixMetric(classifier(metric, output), (matrix, codes) =>
        average(codes, (code) => fBeta(matrix, code, 1)),
      );
    case "r2": {
      const numbers = regression(metric, output);
      return (weights) => r2(numbers, weights);
    }
  }
}

function areaMetric(output: ClassifierOutput, area: typeof rocAuc): WeightedMetric {
  const ranked = judgedClasses(output).map((code) => {
    const scores = scoresOf(output, code);
    return { scores, positive: membershipOf(output, code), order: ascendingOrder(scores) };
  });
  return (weights) =>
    average(ranked, ({ scores, positive, order }) => area(scores, positive, { order, weights }) ?? Number.NaN);
}

function matrixMetric(
  output: ClassifierOutput,
  value: (matrix: ConfusionMatrix, codes: number[]) => number,
): WeightedMetric {
  const decided = decidedClasses(output);
  const codes = judgedClasses(output);
  return (weights) => value(confusionMatrix(output.target, decided, output.classes.length, weights), codes);
}

function hitsByRow(output: ClassifierOutput): Float64Array {
  const decided = decidedClasses(output);
  return Float64Array.from(output.target, (actual, row) => (decided[row] === actual ? 1 : 0));
}

function weightedMean(values: Float64Array, weights: ArrayLike<number>): number {
  let sum = 0;
  let count = 0;
  for (let row = 0; row < values.length; row++) {
    sum += weights[row] * values[row];
    count += weights[row];
  }
  return sum / count;
}

function average<T>(items: T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0) / items.length;
}

function classifier(metric: SelectionMetric, output: ModelOutput): ClassifierOutput {
  if ("probabilities" in output) return output;
  throw new Error(`${metric} is a metric of classes, the output is numbers`);
}

function regression(metric: SelectionMetric, output: ModelOutput): RegressionOutput {
  if ("predictions" in output) return output;
  throw new Error(`${metric} is a metric of numbers, the output is classes`);
}
