import { likeliest } from "../math/likeliest";

/** What a classifier predicted for rows whose class is known. */
export interface ClassifierOutput {
  classes: readonly string[];
  /** with two classes: the one that precision, recall and areas are about */
  positiveIndex?: number;
  /** class index per row */
  target: Int32Array;
  /** rows x classes, row-major */
  probabilities: Float64Array;
  /** with two classes: probability of the positive one from which it is the label; 0.5 without it */
  decisionThreshold?: number;
}

/** Index of the positive class; undefined unless there are exactly two classes. */
export function positiveOf({ classes, positiveIndex }: ClassifierOutput): number | undefined {
  return classes.length === 2 ? (positiveIndex ?? 1) : undefined;
}

/**
 * The classes that precision, recall, areas and curves are about: the positive one of two, else every class against the
 * rest.
 */
export function judgedClasses(output: ClassifierOutput): number[] {
  const positive = positiveOf(output);
  return positive === undefined ? output.classes.map((_name, code) => code) : [positive];
}

/** The decided class per row: by the threshold with two classes, else the likeliest (the first of equal ones). */
export function decidedClasses(output: ClassifierOutput): Int32Array {
  const { classes, target, probabilities, decisionThreshold = 0.5 } = output;
  const width = classes.length;
  const positive = positiveOf(output);
  const decided = new Int32Array(target.length);
  for (let row = 0; row < target.length; row++) {
    if (positive === undefined) decided[row] = likeliest(probabilities, row * width, width);
    else decided[row] = probabilities[row * 2 + positive] >= decisionThreshold ? positive : 1 - positive;
  }
  return decided;
}

/** The probabilities of one class, per row. */
export function scoresOf({ classes, target, probabilities }: ClassifierOutput, code: number): Float64Array {
  return Float64Array.from(target, (_target, row) => probabilities[row * classes.length + code]);
}

/** 1 where the row is of class `code`, else 0. */
export function membershipOf({ target }: ClassifierOutput, code: number): Uint8Array {
  return Uint8Array.from(target, (actual) => (actual === code ? 1 : 0));
}
