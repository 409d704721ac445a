/** Rows of actual class i that were decided as class j, at [i][j]. */
export type ConfusionMatrix = number[][];

/** Counts decisions against the truth, each row `weights` times (once without them). */
export function confusionMatrix(
  target: Int32Array,
  decided: Int32Array,
  classCount: number,
  weights?: ArrayLike<number>,
): ConfusionMatrix {
  const matrix = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (let row = 0; row < target.length; row++) matrix[target[row]][decided[row]] += weights ? weights[row] : 1;
  return matrix;
}

export interface ClassScores {
  precision: number;
  recall: number;
  f1: number;
  /** share of the rows of other classes that were decided as another class */
  specificity: number;
  /** rows of this class */
  support: number;
}

/**
 * Precision, recall, F1 and specificity of one class; a ratio without cases counts as 0, as in scikit-learn's
 * `zero_division=0`.
 */
export function classScores(matrix: ConfusionMatrix, code: number): ClassScores {
  const hits = matrix[code][code];
  const support = sum(matrix[code]);
  const decided = decidedAs(matrix, code);
  const others = sum(matrix.map(sum)) - support;
  return {
    precision: ratio(hits, decided),
    recall: ratio(hits, support),
    f1: fBeta(matrix, code, 1),
    specificity: ratio(others - (decided - hits), others),
    support,
  };
}

/**
 * F-score of one class, in which recall weighs `beta` times as much as precision; 0 without cases, as scikit-learn's
 * `fbeta_score`.
 */
export function fBeta(matrix: ConfusionMatrix, code: number, beta: number): number {
  const hits = matrix[code][code];
  const square = beta * beta;
  return ratio((1 + square) * hits, square * sum(matrix[code]) + decidedAs(matrix, code));
}

/** Mean recall over the classes that occur; scikit-learn's `balanced_accuracy_score`. */
export function balancedAccuracy(matrix: ConfusionMatrix): number {
  const recalls = matrix.map((row, code) => row[code] / sum(row)).filter((recall) => !Number.isNaN(recall));
  return ratio(sum(recalls), recalls.length);
}

/**
 * Matthews correlation coefficient for any number of classes (R_K); 0 where it is undefined.
 * Source: J. Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient", 2004.
 */
export function matthewsCorrelation(matrix: ConfusionMatrix): number {
  const actual = matrix.map(sum);
  const decided = matrix.map((_row, code) => decidedAs(matrix, code));
  const correct = sum(matrix.map((row, code) => row[code]));
  const total = sum(actual);
  const dot = (a: number[], b: number[]) => a.reduce((acc, value, i) => acc + value * b[i], 0);
  const covariance = correct * total - dot(actual, decided);
  const spread = (total * total - dot(decided, decided)) * (total * total - dot(actual, actual));
  return spread === 0 ? 0 : covariance / Math.sqrt(spread);
}

/** Share of rows on the diagonal. */
export function accuracy(matrix: ConfusionMatrix): number {
  return ratio(sum(matrix.map((row, code) => row[code])), sum(matrix.map(sum)));
}

function decidedAs(matrix: ConfusionMatrix, code: number): number {
  return sum(matrix.map((row) => row[code]));
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
