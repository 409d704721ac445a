import { AppError } from "../../errors";
import type { FeatureTable, NumberColumn } from "../../featureTable";
import { FloatSorter } from "../../math/sortFloats";
import { alignCodes, occurringLevels, type TrainedCategory } from "../rows/trainedCategory";

/** A numeric feature as a linear model sees it; all three are taken from training rows. */
export interface LinearNumber {
  name: string;
  /** replaces a missing value: the weighted median of the known ones; float32 */
  fill: number;
  mean: number;
  /** standard deviation, 1 for a constant */
  deviation: number;
}

/** The columns of a linear model: standardised numbers, then one indicator per category level. */
export interface LinearFeatures {
  numbers: LinearNumber[];
  categories: TrainedCategory[];
  /** numbers and indicators together */
  width: number;
}

/** Rows of a table as a linear model sees them. */
export interface LinearRows {
  rowCount: number;
  numberCount: number;
  categoryCount: number;
  /** row x number, imputed; float32 */
  numbers: Float32Array;
  /** row x category: column of its indicator, -1 where missing or unknown */
  indicators: Int32Array;
}

/**
 * Learns medians, means, deviations and levels from rows of positive weight; AppError invalid_input for an infinite
 * number.
 */
export function learnFeatures(table: FeatureTable, weights: Float64Array): LinearFeatures {
  const sorter = new FloatSorter(table.rowCount);
  const numbers = table.numbers.map((column) => learnNumber(column, weights, sorter));
  const categories = table.categories.map((column) => ({
    name: column.name,
    levels: occurringLevels(column, weights),
  }));
  const width = categories.reduce((sum, { levels }) => sum + levels.length, numbers.length);
  if (width === 0) throw new AppError("invalid_input", "every feature is a category without a single known value");
  return { numbers, categories, width };
}

function learnNumber({ name, values }: NumberColumn, weights: Float64Array, sorter: FloatSorter): LinearNumber {
  const infinite = values.findIndex((value, row) => Math.abs(value) === Number.POSITIVE_INFINITY && weights[row] !== 0);
  if (infinite >= 0) throw new AppError("invalid_input", `column "${name}" is infinite in row ${infinite}`);
  const fill = weightedMedian(values, weights, sorter.sort(values));
  let sum = 0;
  let total = 0;
  for (let row = 0; row < values.length; row++) {
    sum += weights[row] * orElse(values[row], fill);
    total += weights[row];
  }
  const mean = sum / total;
  let squares = 0;
  for (let row = 0; row < values.length; row++) squares += weights[row] * (orElse(values[row], fill) - mean) ** 2;
  const deviation = Math.sqrt(squares / total);
  // a column that varies by rounding alone is a constant
  return { name, fill, mean, deviation: deviation > 1e-7 * Math.abs(mean) ? deviation : 1 };
}

/**
 * The middle of the known values (of the two middle ones their mean), whose rows stand in `order`; 0 when all are
 * missing.
 */
function weightedMedian(values: Float32Array, weights: Float64Array, order: Int32Array): number {
  let total = 0;
  for (let at = 0; at < order.length; at++) total += weights[order[at]];
  let below = 0;
  let lower: number | undefined;
  for (let at = 0; at < order.length; at++) {
    const value = values[order[at]];
    const weight = weights[order[at]];
    if (weight === 0) continue;
    if (lower !== undefined) return Math.fround((lower + value) / 2);
    below += weight;
    if (below > total / 2) return value;
    if (below === total / 2) lower = value;
  }
  return 0;
}

function orElse(value: number, replacement: number): number {
  return Number.isNaN(value) ? replacement : value;
}

/** The table's rows in the model's columns. */
export function linearRows(features: LinearFeatures, table: FeatureTable): LinearRows {
  const { rowCount } = table;
  const numbers = new Float32Array(rowCount * features.numbers.length);
  const indicators = new Int32Array(rowCount * features.categories.length);
  for (const [at, { fill }] of features.numbers.entries()) {
    const { values } = table.numbers[at];
    for (let row = 0; row < rowCount; row++) numbers[row * features.numbers.length + at] = orElse(values[row], fill);
  }
  let column = features.numbers.length;
  for (const [at, category] of features.categories.entries()) {
    const codes = alignCodes(category, table.categories[at]);
    for (let row = 0; row < rowCount; row++)
      indicators[row * features.categories.length + at] = codes[row] < 0 ? -1 : column + codes[row];
    column += category.levels.length;
  }
  return {
    rowCount,
    numberCount: features.numbers.length,
    categoryCount: features.categories.length,
    numbers,
    indicators,
  };
}
