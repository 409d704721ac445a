import type { PreparedData } from "../data/preparedData";
import { rocAuc } from "../math/rankingAreas";

/**
 * How well one feature alone predicts the label of the hold-out, or of the training rows where that is less: a ROC area
 * (the worst class of several), or with regression a share of variance.
 */
export interface FeaturePower {
  feature: string;
  power: number;
}

const binCount = 64;

/**
 * The power of each feature by itself: its values are cut into bins by training quantiles (categories by level, missing
 * values by themselves), each bin predicts the training mean of the label, and that is judged on the hold-out and on
 * the training rows: an answer is one everywhere, while a good feature of a small table may be faultless on the few
 * rows of a hold-out.
 */
export function featurePowers(data: PreparedData): FeaturePower[] {
  const { numbers, categories } = data.table;
  const coded = [
    ...numbers.map(({ name, values }) => ({ name, codes: binCodes(values, data.trainRows) })),
    ...categories.map(({ name, codes }) => ({ name, codes })),
  ];
  const parts = [data.holdoutRows, data.trainRows];
  return coded.map(({ name, codes }) => ({
    feature: name,
    power: Math.min(...parts.map((holdoutRows) => powerOf(codes, { ...data, holdoutRows }))),
  }));
}

/** Quantile bins of the training rows; -1 where the value is missing. */
function binCodes(values: Float32Array, trainRows: Int32Array): Int32Array {
  const known = Float32Array.from(trainRows, (row) => values[row])
    .filter((value) => !Number.isNaN(value))
    .sort();
  const edges = Array.from({ length: binCount - 1 }, (_, i) => known[Math.floor(((i + 1) * known.length) / binCount)]);
  const distinct = [...new Set(edges)];
  return Int32Array.from(values, (value) => {
    if (Number.isNaN(value)) return -1;
    let bin = 0;
    while (bin < distinct.length && value >= distinct[bin]) bin++;
    return bin;
  });
}

function powerOf(codes: Int32Array, data: PreparedData): number {
  if (data.values) return explained(codes, data.values, data);
  const { classes, target } = data;
  const judged = classes.length === 2 ? [1] : classes.map((_name, code) => code);
  const areas = judged.map((code) => area(codes, (row) => (target[row] === code ? 1 : 0), data));
  return Math.min(...areas);
}

/** Mean of the label per bin over the training rows; the whole mean where a bin has none. */
function binMeans(codes: Int32Array, label: (row: number) => number, { trainRows }: PreparedData) {
  const sums = new Map<number, { sum: number; rows: number }>();
  let total = 0;
  for (const row of trainRows) {
    const entry = sums.get(codes[row]) ?? { sum: 0, rows: 0 };
    entry.sum += label(row);
    entry.rows++;
    total += label(row);
    sums.set(codes[row], entry);
  }
  const mean = total / trainRows.length;
  return (row: number) => {
    const entry = sums.get(codes[row]);
    return entry ? entry.sum / entry.rows : mean;
  };
}

function area(codes: Int32Array, label: (row: number) => number, data: PreparedData): number {
  const say = binMeans(codes, label, data);
  const scores = Float64Array.from(data.holdoutRows, say);
  const positive = Uint8Array.from(data.holdoutRows, label);
  return rocAuc(scores, positive) ?? 0;
}

function explained(codes: Int32Array, values: Float64Array, data: PreparedData): number {
  const say = binMeans(codes, (row) => values[row], data);
  const rows = Array.from(data.holdoutRows);
  const mean = rows.reduce((sum, row) => sum + values[row], 0) / rows.length;
  const total = rows.reduce((sum, row) => sum + (values[row] - mean) ** 2, 0);
  const left = rows.reduce((sum, row) => sum + (values[row] - say(row)) ** 2, 0);
  return total === 0 ? 0 : 1 - left / total;
}
