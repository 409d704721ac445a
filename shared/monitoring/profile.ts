import type { CategoryColumn, FeatureTable, NumberColumn } from "../data/featureTable";

/** What is kept of a numeric feature: integer counts and sums in the baseline's bins, so that profiles add up exactly. */
export interface NumberProfile {
  count: number;
  missing: number;
  min: number | null;
  max: number | null;
  sum: number;
  sumSquares: number;
  /** rows a bin; one more bin than there are edges, the outer two open */
  bins: number[];
  binSums: number[];
}

/** What is kept of a categorical feature: rows a declared level, and rows of any other value. */
export interface CategoryProfile {
  count: number;
  missing: number;
  levels: number[];
  unseen: number;
}

/** How a feature is counted; it belongs to the model version, so that every profile of the version has the same bins. */
export type FeatureBins =
  | { name: string; type: "number"; edges: number[] }
  | { name: string; type: "category"; levels: string[] };

/** Counts of some rows, a feature each, in the order of the bins. */
export interface Profile {
  rows: number;
  features: (NumberProfile | CategoryProfile)[];
}

/** The training rows' profile and the bins that every later profile of the version uses. */
export interface TrainingProfile {
  bins: FeatureBins[];
  profile: Profile;
}

const binCount = 64;

/** Bins at the quantiles of the training rows, and the profile of those rows. */
export function trainingProfile(table: FeatureTable): TrainingProfile {
  const bins: FeatureBins[] = [
    ...table.numbers.map(
      (column): FeatureBins => ({ name: column.name, type: "number", edges: quantileEdges(column) }),
    ),
    ...table.categories.map(({ name, levels }): FeatureBins => ({ name, type: "category", levels: [...levels] })),
  ];
  const profile = emptyProfile(bins);
  profile.rows = table.rowCount;
  for (const [i, column] of table.numbers.entries()) addColumn(bins[i], profile.features[i] as NumberProfile, column);
  for (const [i, column] of table.categories.entries())
    addCodes(profile.features[table.numbers.length + i] as CategoryProfile, column);
  return { bins, profile };
}

/** Distinct values at the quantiles; few distinct values give few edges, a constant none but itself. */
function quantileEdges({ values }: NumberColumn): number[] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const edges = new Set<number>();
  for (let bin = 1; bin < binCount && sorted.length > 0; bin++)
    edges.add(sorted[Math.floor((sorted.length * bin) / binCount)]);
  return [...edges];
}

/** A profile of no rows. */
export function emptyProfile(bins: FeatureBins[]): Profile {
  const features = bins.map((feature) =>
    feature.type === "number"
      ? {
          count: 0,
          missing: 0,
          min: null,
          max: null,
          sum: 0,
          sumSquares: 0,
          bins: zeros(feature.edges.length + 1),
          binSums: zeros(feature.edges.length + 1),
        }
      : { count: 0, missing: 0, levels: zeros(feature.levels.length), unseen: 0 },
  );
  return { rows: 0, features };
}

function zeros(length: number): number[] {
  return new Array<number>(length).fill(0);
}

function addColumn(bins: FeatureBins, profile: NumberProfile, { values }: NumberColumn): void {
  const { edges } = bins as { edges: number[] };
  for (const value of values) addNumber(edges, profile, value);
}

function addCodes(profile: CategoryProfile, { codes }: CategoryColumn): void {
  for (const code of codes) {
    if (code < 0) profile.missing++;
    else {
      profile.count++;
      profile.levels[code]++;
    }
  }
}

/** Counts one value; NaN is missing. */
export function addNumber(edges: number[], profile: NumberProfile, value: number): void {
  if (Number.isNaN(value)) {
    profile.missing++;
    return;
  }
  const bin = binOf(edges, value);
  profile.count++;
  profile.bins[bin]++;
  profile.binSums[bin] += value;
  profile.sum += value;
  profile.sumSquares += value * value;
  if (profile.min === null || value < profile.min) profile.min = value;
  if (profile.max === null || value > profile.max) profile.max = value;
}

/** Counts one category; `index` maps a declared value to its level. */
export function addCategory(index: Map<string, number>, profile: CategoryProfile, value: string): void {
  if (value === "") {
    profile.missing++;
    return;
  }
  profile.count++;
  const level = index.get(value);
  if (level === undefined) profile.unseen++;
  else profile.levels[level]++;
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

/** The profile of the rows of both; counts are integers, so the order of merging changes none of them. */
export function mergeProfiles(first: Profile, second: Profile): Profile {
  return {
    rows: first.rows + second.rows,
    features: first.features.map((feature, i) => {
      const other = second.features[i];
      return "bins" in feature
        ? mergeNumbers(feature, other as NumberProfile)
        : mergeCategories(feature, other as CategoryProfile);
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
  };
}

function mergeCategories(a: CategoryProfile, b: CategoryProfile): CategoryProfile {
  return {
    count: a.count + b.count,
    missing: a.missing + b.missing,
    levels: a.levels.map((count, i) => count + b.levels[i]),
    unseen: a.unseen + b.unseen,
  };
}
