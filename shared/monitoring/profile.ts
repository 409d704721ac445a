import { joinNeighbours, type Neighbours, noNeighbours } from "./neighbours";

/**
 * What is kept of a numeric feature: integer counts and sums in the baseline's bins, so that profiles add up exactly.
 */
export interface NumberProfile {
  count: number;
  missing: number;
  min: number | null;
  max: number | null;
  sum: number;
  sumSquares: number;
  /** rows per bin; one more bin than there are edges, the outer two open */
  bins: number[];
  /** sums of the values per bin, each taken within the fences */
  binSums: number[];
  /** of the values in the order they came, each taken within the fences */
  neighbours: Neighbours;
}

/** What is kept of a categorical feature: rows per declared level, and rows of any other value. */
export interface CategoryProfile {
  count: number;
  missing: number;
  levels: number[];
  unseen: number;
  neighbours: Neighbours;
}

export type FeatureProfile = NumberProfile | CategoryProfile;

/**
 * Bins of a number: values beyond a fence count as the fence, so that one outlier neither makes nor hides a distance.
 */
export interface NumberBins {
  name: string;
  type: "number";
  edges: number[];
  /** lower and upper; profiles of earlier versions have none */
  fences?: [number, number];
}

export interface CategoryBins {
  name: string;
  type: "category";
  levels: string[];
}

/**
 * How a feature is counted; it belongs to the model version, so that every profile of the version has the same bins.
 */
export type FeatureBins = NumberBins | CategoryBins;

/** Counts of some rows, one entry per feature, in the order of the bins. */
export interface Profile {
  rows: number;
  features: FeatureProfile[];
}

/** A profile of no rows. */
export function emptyProfile(bins: FeatureBins[]): Profile {
  return { rows: 0, features: bins.map(emptyFeature) };
}

function emptyFeature(feature: FeatureBins): FeatureProfile {
  const none = { count: 0, missing: 0, neighbours: noNeighbours() };
  switch (feature.type) {
    case "number": {
      const binCount = feature.edges.length + 1;
      const { neighbours, ...counts } = none;
      const sums = { min: null, max: null, sum: 0, sumSquares: 0 };
      return { ...counts, ...sums, bins: zeros(binCount), binSums: zeros(binCount), neighbours };
    }
    case "category": {
      const { neighbours, ...counts } = none;
      return { ...counts, levels: zeros(feature.levels.length), unseen: 0, neighbours };
    }
  }
}

/** Whether a profile counts just what these bins name. */
export function fitsBins({ features }: Profile, bins: FeatureBins[]): boolean {
  return (
    features.length === bins.length && bins.every((one, i) => countsOf(features[i]) === countsOf(emptyFeature(one)))
  );
}

function countsOf(feature: FeatureProfile): string {
  return "bins" in feature
    ? `number ${feature.bins.length} ${feature.binSums.length}`
    : `category ${feature.levels.length}`;
}

function zeros(length: number): number[] {
  return new Array<number>(length).fill(0);
}

/** Counts one value; NaN is missing. */
export function addNumber({ edges, fences }: NumberBins, profile: NumberProfile, value: number): void {
  if (Number.isNaN(value)) {
    profile.missing++;
    return;
  }
  const bin = binOf(edges, value);
  let fenced = value;
  if (fences !== undefined) fenced = value < fences[0] ? fences[0] : value > fences[1] ? fences[1] : value;
  const { neighbours } = profile;
  if (profile.count === 0) neighbours.first = fenced;
  else neighbours.apart += (fenced - neighbours.last) * (fenced - neighbours.last);
  neighbours.last = fenced;
  profile.count++;
  profile.bins[bin]++;
  profile.binSums[bin] += fenced;
  profile.sum += value;
  profile.sumSquares += value * value;
  if (profile.min === null || value < profile.min) profile.min = value;
  if (profile.max === null || value > profile.max) profile.max = value;
}

/**
 * Counts one category by its level; a code beyond the levels is a value that training never saw, one below 0 is
 * missing.
 */
export function addCode(profile: CategoryProfile, code: number): void {
  if (code < 0) {
    profile.missing++;
    return;
  }
  const { neighbours } = profile;
  if (profile.count === 0) neighbours.first = code;
  else if (code !== neighbours.last) neighbours.apart++;
  neighbours.last = code;
  profile.count++;
  if (code < profile.levels.length) profile.levels[code]++;
  else profile.unseen++;
}

/** Counts one category; `index` maps a declared value to its level. */
export function addCategory(index: Map<string, number>, profile: CategoryProfile, value: string): void {
  addCode(profile, value === "" ? -1 : (index.get(value) ?? profile.levels.length));
}

/** The number of edges at or below `value`. */
function binOf(edges: number[], value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The profile of the rows of `first` followed by those of `second`; counts are integers, so how parts are grouped
 * changes none of them.
 */
export function mergeProfiles(first: Profile, second: Profile): Profile {
  return {
    rows: first.rows + second.rows,
    features: first.features.map((feature, i) => {
      const other = second.features[i];
      if ("bins" in feature) return mergeNumbers(feature, other as NumberProfile);
      if ("levels" in feature) return mergeCategories(feature, other as CategoryProfile);
      return feature satisfies never;
    }),
  };
}

function mergeNumbers(a: NumberProfile, b: NumberProfile): NumberProfile {
  return {
    count: a.count + b.count,
    missing: a.missing + b.missing,
    min: a.min === null || b.min === null ? (a.min ?? b.min) : Math.min(a.min, b.min),
    max: a.max === null || b.max === null ? (a.max ?? b.max) : Math.max(a.max, b.max),
    sum: a.sum + b.sum,
    sumSquares: a.sumSquares + b.sumSquares,
    bins: a.bins.map((count, i) => count + b.bins[i]),
    binSums: a.binSums.map((sum, i) => sum + b.binSums[i]),
    neighbours: joinNeighbours(a, b, (from, to) => (to - from) ** 2),
  };
}

function mergeCategories(a: CategoryProfile, b: CategoryProfile): CategoryProfile {
  return {
    count: a.count + b.count,
    missing: a.missing + b.missing,
    levels: a.levels.map((count, i) => count + b.levels[i]),
    unseen: a.unseen + b.unseen,
    neighbours: joinNeighbours(a, b, (from, to) => (from === to ? 0 : 1)),
  };
}
