import { binMatthews } from "./binClassifier";
import { type Block, foldsOf } from "./block";
import { linearMatthews } from "./linearClassifier";

/** How well target and baseline rows are told apart, by rows that were held out. */
export interface Magnitude {
  /** 0 to 100 */
  value: number;
  /** what told them apart best: all numbers together, or one feature (by its place) */
  by: "all numbers" | number;
  /** each feature's own magnitude, 0 to 100 */
  features: number[];
}

/** fewer blocks of the target cannot be held out one after the other */
export const leastBlocks = 4;
const mostFolds = 7;

/**
 * A classifier is told to separate target from baseline: the better of the linear discriminant of all numbers and of
 * the best single feature's bins. Whole blocks are held out, since rows of one day are alike.
 */
export function driftMagnitude(baseline: Block[], target: Block[]): Magnitude {
  const folds = foldsOf(baseline, target, Math.min(mostFolds, target.length));
  const count = target[0].inputs.features.length;
  const features = Array.from({ length: count }, (_, i) => 100 * Math.max(0, binMatthews(folds, i)));
  const best = features.indexOf(Math.max(...features));
  const together = 100 * linearMatthews(folds);
  if (together > (features[best] ?? 0)) return { value: together, by: "all numbers", features };
  return { value: features[best] ?? 0, by: best, features };
}
