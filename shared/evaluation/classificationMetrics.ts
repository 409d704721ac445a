import {
  accuracy,
  balancedAccuracy,
  type ClassScores,
  type ConfusionMatrix,
  classScores,
  confusionMatrix,
  matthewsCorrelation,
} from "../math/confusion";
import { averagePrecision, rocAuc } from "../math/rankingAreas";
import { type ClassifierOutput, decidedClasses, judgedClasses, membershipOf, scoresOf } from "./classifierOutput";
import { brierByRow, logLossByRow, mean } from "./probabilityScores";

/** Metrics of a classifier on known rows; areas are null where a class is absent. */
export interface ClassificationMetrics {
  rows: number;
  accuracy: number;
  balancedAccuracy: number;
  /** of the positive class with two classes, the mean over classes otherwise */
  precision: number;
  recall: number;
  f1: number;
  mcc: number;
  /** with more than two classes: the mean of one class against the rest */
  rocAuc: number | null;
  prAuc: number | null;
  brier: number;
  logLoss: number;
  /** actual class x decided class, in the order of the classes */
  confusionMatrix: ConfusionMatrix;
  byClass: Record<string, ClassScores>;
}

/** Every metric of one set of predictions; equal to scikit-learn's of the same names. */
export function classificationMetrics(output: ClassifierOutput): ClassificationMetrics {
  const { classes, target } = output;
  const codes = judgedClasses(output);
  const matrix = confusionMatrix(target, decidedClasses(output), classes.length);
  const scores = classes.map((_name, code) => classScores(matrix, code));
  const average = (pick: (one: ClassScores) => number) =>
    codes.reduce((sum, code) => sum + pick(scores[code]), 0) / codes.length;
  return {
    rows: target.length,
    accuracy: accuracy(matrix),
    balancedAccuracy: balancedAccuracy(matrix),
    precision: average(({ precision }) => precision),
    recall: average(({ recall }) => recall),
    f1: average(({ f1 }) => f1),
    mcc: matthewsCorrelation(matrix),
    rocAuc: meanArea(output, codes, rocAuc),
    prAuc: meanArea(output, codes, averagePrecision),
    brier: mean(brierByRow(output)),
    logLoss: mean(logLossByRow(output)),
    confusionMatrix: matrix,
    byClass: Object.fromEntries(classes.map((name, code) => [name, scores[code]])),
  };
}

type Area = (scores: Float64Array, positive: Uint8Array) => number | null;

/** Mean over `codes` of the area of one class against the rest; null where one of them is undefined. */
function meanArea(output: ClassifierOutput, codes: number[], area: Area): number | null {
  let sum = 0;
  for (const code of codes) {
    const value = area(scoresOf(output, code), membershipOf(output, code));
    if (value === null) return null;
    sum += value;
  }
  return sum / codes.length;
}
