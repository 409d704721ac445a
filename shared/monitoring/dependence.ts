import type { Neighbours } from "./neighbours";
import type { CategoryProfile, FeatureProfile, NumberProfile, Profile } from "./profile";
import type { TrainingProfile } from "./trainingProfile";
import { effectiveRows } from "./varianceInflation";

/** How rows of a window depend on one another, which decides how many independent ones they are worth. */
export interface Dependence {
  /**
   * `none`: each row counts; `series`: as consecutive training rows do; `own`: by the window's own order, since the training profile is of an earlier version
   */
  kind: "none" | "series" | "own";
  /** how it was found, in words */
  why: string;
  /** of rows that follow one another: their likeness over that in training, where both have an order; 1 is a series like training's */
  likeness?: number;
}

/** Below this share of training's likeness, rows that follow one another are taken as unordered. */
const leastLikeness = 0.2;

/** Whether the target's rows came as a series, as the training rows are one, or in no order. */
export function judgeDependence(training: TrainingProfile, target: Profile): Dependence {
  const { reference, profile } = training;
  if (reference === undefined)
    return {
      kind: "own",
      why: "the training profile is of an earlier version and does not say how rows depend on one another: judged by the window's own order; the next trained version will tell",
    };
  if (reference.span === undefined)
    return { kind: "none", why: "the training rows have no time: each row counts as independent" };
  let product = 0;
  let square = 0;
  let pairs = 0;
  for (const [i, feature] of profile.features.entries()) {
    const trained = likeness(feature);
    const now = likeness(target.features[i]);
    if (trained === undefined || now === undefined) continue;
    product += trained * now;
    square += trained * trained;
    pairs = Math.max(pairs, target.features[i].neighbours.pairs);
  }
  // the share's own deviation is 1 / sqrt(pairs x square): under two of them from 0 nothing can be told, and the cautious answer stands
  if (leastLikeness * Math.sqrt(pairs * square) < 2)
    return { kind: "series", why: "too little is known of the rows' order: taken as a series like the training rows" };
  const share = Math.round((product / square) * 1000) / 1000;
  return share < leastLikeness
    ? { kind: "none", likeness: share, why: "rows that follow one another are not alike: each counts as independent" }
    : {
        kind: "series",
        likeness: share,
        why: "rows that follow one another are alike, as the training rows in time are",
      };
}

/** How many independent rows the known values of a feature are worth in the target and in training. */
export function effectiveSizes(
  { kind }: Dependence,
  training: TrainingProfile,
  index: number,
  target: FeatureProfile,
): { target: number; baseline: number } {
  const rows = { target: target.count, baseline: training.profile.features[index].count };
  if (kind === "none") return rows;
  if (kind === "series") {
    const inflation = training.reference?.features[index].inflation;
    return { target: effectiveRows(rows.target, inflation), baseline: effectiveRows(rows.baseline, inflation) };
  }
  const alike = ownLikeness(target);
  const worth = (count: number) => Math.min(count, Math.max(1, (count * (1 - alike)) / (1 + alike)));
  return { target: worth(rows.target), baseline: worth(rows.baseline) };
}

/** As `effectiveSizes`, of all rows as to whether the value is missing. */
export function effectiveMissingSizes(
  { kind }: Dependence,
  training: TrainingProfile,
  index: number,
  target: FeatureProfile,
): { target: number; baseline: number } {
  const all = ({ count, missing }: FeatureProfile) => count + missing;
  const rows = { target: all(target), baseline: all(training.profile.features[index]) };
  if (kind !== "series") return rows;
  const inflation = training.reference?.features[index].missingInflation;
  return { target: effectiveRows(rows.target, inflation), baseline: effectiveRows(rows.baseline, inflation) };
}

/** Correlation of values with the next one, from how far apart they are; what chance alone makes counts as none, a constant as all alike. */
function ownLikeness(profile: FeatureProfile): number {
  const { pairs } = profile.neighbours;
  const alike = likeness(profile) ?? 1;
  return alike * Math.sqrt(pairs) <= 3 ? 0 : Math.min(alike, 1);
}

/**
 * Correlation of values with the next one: 1 less half the mean squared step over the variance (J. von Neumann, 1941), for categories less the
 * share of changes over that of an unordered draw; undefined for constants.
 */
function likeness(profile: FeatureProfile): number | undefined {
  const { pairs, apart }: Neighbours = profile.neighbours;
  const unordered = "bins" in profile ? 2 * variance(profile) : 1 - purity(profile);
  if (pairs === 0 || !(unordered > 0)) return undefined;
  return Math.max(-1, 1 - apart / pairs / unordered);
}

/** Of the values within the fences, each at its bin's mean. */
function variance({ count, bins, binSums }: NumberProfile): number {
  const mean = binSums.reduce((sum, part) => sum + part, 0) / count;
  return bins.reduce((sum, rows, i) => (rows === 0 ? sum : sum + (rows / count) * (binSums[i] / rows - mean) ** 2), 0);
}

function purity({ count, levels, unseen }: CategoryProfile): number {
  return [...levels, unseen].reduce((sum, rows) => sum + (rows / count) ** 2, 0);
}
