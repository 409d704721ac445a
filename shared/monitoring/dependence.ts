import type { SampleSizes } from "./noDrift";
import type { CategoryProfile, FeatureProfile, NumberProfile, Profile } from "./profile";
import type { TrainingProfile } from "./trainingProfile";
import { effectiveRows, type Inflation } from "./varianceInflation";

/** How the rows of a window depend on one another, which decides how many independent rows they are worth. */
export interface Dependence {
  /** the share of the rows that depend on one another as consecutive training rows do; the rest are independent */
  seriesShare: number;
  /** how it was found, in words */
  why: string;
  /** how alike consecutive rows are, divided by how alike they are in training; 1 is a series like the training rows */
  likeness?: number;
  /** the window's own order decides instead, since the training profile is of an earlier version */
  byOwnOrder?: true;
}

/**
 * From this likeness on, the rows count as one series: within a short window neighbours look less alike than over a
 * year.
 */
const wholeSeries = 0.5;

/** Whether the target's rows came as a series like the training rows, in no order, or something in between. */
export function judgeDependence(training: TrainingProfile, target: Profile): Dependence {
  if (training.reference === undefined)
    return {
      seriesShare: 0,
      byOwnOrder: true,
      why: "the training profile was written by an earlier release and does not say how rows depend on one another: judged by the order of the window itself until the next version is trained",
    };
  if (training.reference.span === undefined)
    return { seriesShare: 0, why: "the training rows have no time: each row counts as independent" };
  const { share, deviation } = shareOfLikeness(training.profile, target);
  // where chance alone can look like half a series, nothing can be concluded, so the cautious answer is given
  if (!(4 * deviation < wholeSeries))
    return {
      seriesShare: 1,
      why: "too little is known about the order of the rows: treated as a series like the training rows",
    };
  const seriesShare = rounded(Math.min(1, Math.max(0, share - deviation) / wholeSeries));
  const why = seriesShare === 0 ? reasons.none : seriesShare === 1 ? reasons.all : reasons.some;
  return { seriesShare, likeness: rounded(share), why };
}

const reasons = {
  none: "consecutive rows are not alike: each counts as independent",
  some: "consecutive rows are partly alike: that share of them is treated as a series like the training rows",
  all: "consecutive rows are alike, as in the training rows",
};

function rounded(share: number): number {
  return Math.round(share * 1000) / 1000;
}

/**
 * How alike consecutive rows are in the target, over all features, in units of the training rows': the projection of
 * the target's correlations on theirs, and its standard deviation by chance in unordered rows.
 */
function shareOfLikeness(trained: Profile, target: Profile): { share: number; deviation: number } {
  let product = 0;
  let square = 0;
  let pairs = 0;
  for (const [i, feature] of trained.features.entries()) {
    const before = likeness(feature);
    const now = likeness(target.features[i]);
    if (before === undefined || now === undefined) continue;
    product += before * now;
    square += before * before;
    pairs = Math.max(pairs, target.features[i].count - 1);
  }
  return { share: product / square, deviation: 1 / Math.sqrt(pairs * square) };
}

/** How many independent rows the known values of a feature are worth in the target and in training. */
export function effectiveSizes(
  { seriesShare, byOwnOrder }: Dependence,
  training: TrainingProfile,
  index: number,
  target: FeatureProfile,
): SampleSizes {
  const rows = { target: target.count, baseline: training.profile.features[index].count };
  if (!byOwnOrder) return worth(rows, training.reference?.features[index].inflation, seriesShare);
  const alike = ownLikeness(target);
  const each = (count: number) => Math.min(count, Math.max(1, (count * (1 - alike)) / (1 + alike)));
  return { target: each(rows.target), baseline: each(rows.baseline) };
}

/** Like `effectiveSizes`, for whether the value is missing, over all rows. */
export function effectiveMissingSizes(
  { seriesShare }: Dependence,
  training: TrainingProfile,
  index: number,
  target: FeatureProfile,
): SampleSizes {
  const all = ({ count, missing }: FeatureProfile) => count + missing;
  const rows = { target: all(target), baseline: all(training.profile.features[index]) };
  return worth(rows, training.reference?.features[index].missingInflation, seriesShare);
}

function worth({ target, baseline }: SampleSizes, inflation: Inflation | undefined, seriesShare: number): SampleSizes {
  return {
    target: effectiveRows(target, inflation, seriesShare),
    baseline: effectiveRows(baseline, inflation, seriesShare),
  };
}

/**
 * Correlation of each value with the next, from how far apart they are; what chance alone could produce counts as none,
 * a constant as completely alike.
 */
function ownLikeness(profile: FeatureProfile): number {
  const alike = likeness(profile) ?? 1;
  return alike * Math.sqrt(profile.count - 1) <= 3 ? 0 : Math.min(alike, 1);
}

/**
 * Correlation of values with the next one: 1 minus half the mean squared step divided by the variance (J. von Neumann,
 * 1941), for categories 1 minus the share of changes divided by that of an unordered draw; undefined for constants.
 */
function likeness(profile: FeatureProfile): number | undefined {
  const pairs = profile.count - 1;
  const unordered = unorderedStep(profile);
  if (pairs < 1 || !(unordered > 0)) return undefined;
  return Math.max(-1, 1 - profile.neighbours.apart / pairs / unordered);
}

/** The mean step between values in no order: squared for numbers, the share of changes for categories. */
function unorderedStep(profile: FeatureProfile): number {
  if ("bins" in profile) return 2 * variance(profile);
  if ("levels" in profile) return 1 - purity(profile);
  return profile satisfies never;
}

/** Of the values within the fences, each at its bin's mean. */
function variance({ count, bins, binSums }: NumberProfile): number {
  const mean = binSums.reduce((sum, part) => sum + part, 0) / count;
  return bins.reduce((sum, rows, i) => (rows === 0 ? sum : sum + (rows / count) * (binSums[i] / rows - mean) ** 2), 0);
}

function purity({ count, levels, unseen }: CategoryProfile): number {
  return [...levels, unseen].reduce((sum, rows) => sum + (rows / count) ** 2, 0);
}
