import { type WeightedPoints, wasserstein1 } from "./distances/wasserstein";
import type { Comparison, Measured } from "./featureDrift";
import { judgeUnseen } from "./judgeUnseen";
import { noDriftWasserstein, type SampleSizes } from "./noDrift";
import type { NumberProfile } from "./profile";
import { chooseThreshold, clearTimes } from "./threshold";
import type { Shape } from "./trainingProfile";

/**
 * Wasserstein-1 divided by the baseline's standard deviation, each bin placed at its own mean; 0 for the same constant.
 */
export function compareNumbers(
  { training, settings, z }: Comparison,
  index: number,
  target: NumberProfile,
  sizes: SampleSizes,
): Measured {
  const baseline = training.profile.features[index] as NumberProfile;
  const shape = training.reference?.features[index].shape ?? shapeFromBins(baseline);
  const from = points(baseline);
  const distance = wasserstein1(from, points(target));
  const scale = Math.max(shape.deviation, Math.abs(shape.mean) * 1e-6, Number.MIN_VALUE);
  const value = distance === 0 ? 0 : Math.min(distance / scale, Number.MAX_SAFE_INTEGER);
  const means = { baselineMean: baseline.sum / baseline.count, targetMean: target.sum / target.count };
  if (isConstant(baseline))
    return {
      value,
      ...means,
      threshold: null,
      thresholdOrigin: "no drift",
      ...otherThanConstant(baseline, target, sizes, z),
    };
  const range = Math.max(meanDistance(from, shape.least), meanDistance(from, shape.most)) / scale;
  const judged = chooseThreshold(settings.numericThreshold, noDriftWasserstein(from, shape, sizes, z), range);
  return {
    value,
    ...judged,
    drifted: value > judged.threshold ? ["distribution"] : [],
    ...(value > clearTimes * judged.threshold && { isClear: true }),
    ...means,
  };
}

/** Whether the bins are those of a constant, which has the middle one to itself. */
function isConstant({ bins, count }: NumberProfile): boolean {
  return bins.length === 3 && bins[1] === count;
}

/**
 * Where all training rows have one value, any other is unseen: the distance has no unit, and a single odd row is not
 * drift.
 */
function otherThanConstant(baseline: NumberProfile, target: NumberProfile, sizes: SampleSizes, z: number) {
  const rows = { target: target.count, baseline: baseline.count };
  return judgeUnseen({ unseen: target.count - target.bins[1], single: 0, rows, sizes }, z);
}

/** Each bin of a number at its mean. */
export function points({ bins, binSums }: NumberProfile) {
  return { weights: bins, values: bins.map((count, i) => (count === 0 ? 0 : binSums[i] / count)) };
}

/** Wasserstein-1 distance of the points from a single point that holds all the mass. */
function meanDistance({ values, weights }: WeightedPoints, at: number): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i] * Math.abs(values[i] - at);
    total += weights[i];
  }
  return sum / total;
}

/** For profiles of earlier versions: the skewness is that of the bins' means. */
function shapeFromBins(baseline: NumberProfile): Shape {
  const { count, min, max } = baseline;
  const mean = baseline.sum / count;
  const deviation = Math.sqrt(Math.max(0, baseline.sumSquares / count - mean ** 2));
  const { weights, values } = points(baseline);
  const cubes = weights.reduce((sum, rows, i) => sum + rows * (rows === 0 ? 0 : (values[i] - mean) ** 3), 0) / count;
  const skewness = deviation === 0 ? 0 : cubes / deviation ** 3;
  return { mean, deviation, skewness, least: min ?? mean, most: max ?? mean };
}
