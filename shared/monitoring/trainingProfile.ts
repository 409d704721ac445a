import { type CategoryColumn, type FeatureTable, type NumberColumn, selectRows } from "../featureTable";
import { neighbourAbove } from "../math/float32Interval";
import {
  addCode,
  addNumber,
  type CategoryProfile,
  emptyProfile,
  type FeatureBins,
  type NumberBins,
  type NumberProfile,
  type Profile,
} from "./profile";
import { codeInflation, type Inflation, knownCodes, numberInflation } from "./varianceInflation";

/** The training rows' profile and the bins that every later profile of the version uses. */
export interface TrainingProfile {
  bins: FeatureBins[];
  profile: Profile;
  /** what judging needs beside the counts; profiles of earlier versions have none */
  reference?: Reference;
}

export interface Reference {
  /**
   * the first and the last training row's time, where rows have one; the profile then counts them in the order of time
   */
  span?: { from: string; to: string };
  /** one entry per feature, in the order of the bins */
  features: FeatureReference[];
}

export interface FeatureReference {
  /** of a number with known values */
  shape?: Shape;
  /** of the known values, where rows have a time */
  inflation?: Inflation;
  /** of whether the value is missing, where rows have a time */
  missingInflation?: Inflation;
}

/** Moments and range of a number within its fences. */
export interface Shape {
  mean: number;
  deviation: number;
  skewness: number;
  least: number;
  most: number;
}

const binCount = 64;

/**
 * Bins at the quantiles of the training rows, and the profile of those rows; `times`: epoch ms per row, where they are
 * a series.
 */
export function trainingProfile(table: FeatureTable, times?: Float64Array): TrainingProfile {
  const rows = times === undefined ? table : selectRows(table, timeOrder(times));
  const bins: FeatureBins[] = [
    ...rows.numbers.map(numberBins),
    ...rows.categories.map(({ name, levels }): FeatureBins => ({ name, type: "category", levels: [...levels] })),
  ];
  const profile = emptyProfile(bins);
  profile.rows = rows.rowCount;
  for (const [i, { values }] of rows.numbers.entries())
    for (const value of values) addNumber(bins[i] as NumberBins, profile.features[i] as NumberProfile, value);
  for (const [i, { codes }] of rows.categories.entries())
    for (const code of codes) addCode(profile.features[rows.numbers.length + i] as CategoryProfile, code);
  const isSeries = times !== undefined;
  const features = [
    ...rows.numbers.map((column, i) => numberReference(column, bins[i] as NumberBins, isSeries)),
    ...rows.categories.map((column) => categoryReference(column, isSeries)),
  ];
  return { bins, profile, reference: { ...(isSeries && times.length > 0 && { span: spanOf(times) }), features } };
}

function timeOrder(times: Float64Array): Int32Array {
  return Int32Array.from(times, (_time, row) => row).sort((a, b) => times[a] - times[b] || a - b);
}

function spanOf(times: Float64Array) {
  const [from, to] = times.reduce(
    ([least, most], time) => [Math.min(least, time), Math.max(most, time)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

/**
 * Distinct values at the quantiles as edges; few distinct values give few edges, and a constant gives itself and the
 * next number, so that its bin holds nothing else. The fences lie three widths of the middle 62/64 of the values
 * further out: values beyond them are outliers rather than a tail.
 */
function numberBins({ name, values }: NumberColumn): NumberBins {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return { name, type: "number", edges: [] };
  if (sorted[0] === sorted[sorted.length - 1])
    return { name, type: "number", edges: [sorted[0], neighbourAbove(sorted[0])] };
  const edges = new Set<number>();
  for (let bin = 1; bin < binCount; bin++) edges.add(sorted[Math.floor((sorted.length * bin) / binCount)]);
  const all = [...edges];
  const width = all[all.length - 1] - all[0];
  if (width === 0) return { name, type: "number", edges: all };
  return { name, type: "number", edges: all, fences: [all[0] - 3 * width, all[all.length - 1] + 3 * width] };
}

function numberReference({ values }: NumberColumn, { fences }: NumberBins, isSeries: boolean): FeatureReference {
  const [lowest, highest] = fences ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const known = Float64Array.from(values.filter((value) => !Number.isNaN(value)));
  for (let i = 0; i < known.length; i++) known[i] = Math.min(Math.max(known[i], lowest), highest);
  return {
    ...(known.length > 0 && { shape: shapeOf(known) }),
    ...(isSeries && {
      inflation: numberInflation(known),
      missingInflation: numberInflation(Float64Array.from(values, (value) => (Number.isNaN(value) ? 1 : 0))),
    }),
  };
}

function categoryReference(column: CategoryColumn, isSeries: boolean): FeatureReference {
  if (!isSeries) return {};
  return {
    inflation: codeInflation(knownCodes(column), column.levels.length),
    missingInflation: numberInflation(Float64Array.from(column.codes, (code) => (code < 0 ? 1 : 0))),
  };
}

function shapeOf(values: Float64Array): Shape {
  let sum = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    sum += value;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const mean = sum / values.length;
  let squares = 0;
  let cubes = 0;
  for (const value of values) {
    squares += (value - mean) ** 2;
    cubes += (value - mean) ** 3;
  }
  const deviation = Math.sqrt(squares / values.length);
  const skewness = deviation === 0 ? 0 : cubes / values.length / deviation ** 3;
  return { mean, deviation, skewness, least, most };
}
