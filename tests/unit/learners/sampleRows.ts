import type { FeatureTable } from "../../../shared/featureTable";
import type { ClassTarget, ValueTarget } from "../../../shared/learners/trainer";
import { RandomStream } from "../../../shared/math/randomStream";

export interface SampleOptions {
  seed: number;
  rowCount: number;
  numbers: number;
  categories: number;
  classes: number;
  /** share of cells that are missing */
  missing: number;
  /** values of a number column are rounded to this many steps a unit, so that there are ties */
  steps?: number;
}

/** Seeded rows whose class depends on the features, with noise; every class occurs. */
export function sampleRows(options: SampleOptions): { table: FeatureTable; target: ClassTarget } {
  const random = new RandomStream(options.seed, 99);
  const uniform = () => random.next() / 2 ** 32;
  const { rowCount, missing } = options;
  const steps = options.steps ?? 1e6;
  const numbers = Array.from({ length: options.numbers }, (_, k) => ({
    name: `n${k}`,
    values: new Float32Array(rowCount).map(() =>
      uniform() < missing ? Number.NaN : (Math.round((uniform() + uniform() - 1) * steps) / steps) * 10 ** (k % 4) + k,
    ),
  }));
  const levels = ["clear", "rain", "snow", "fog é", "hail"];
  const categories = Array.from({ length: options.categories }, (_, k) => ({
    name: `c${k}`,
    levels,
    codes: new Int32Array(rowCount).map(() => (uniform() < missing ? -1 : random.below(levels.length))),
  }));
  const score = (row: number) => {
    let sum = uniform() * 0.6;
    for (const [k, { values }] of numbers.entries())
      sum += Number.isNaN(values[row]) ? 0.3 : Math.sin((3 * (values[row] - k)) / 10 ** (k % 4));
    for (const { codes } of categories) sum += codes[row] === 1 ? 1 : codes[row] === 3 ? -0.7 : 0;
    return sum;
  };
  const codes = new Int32Array(rowCount).map((_, row) =>
    row < options.classes ? row : Math.floor((Math.abs(score(row)) * 2.5) % options.classes),
  );
  const classes = Array.from({ length: options.classes }, (_, k) => `class ${k}`);
  return { table: { rowCount, numbers, categories }, target: { task: "classification" as const, classes, codes } };
}

/**
 * The same kind of rows with a number to learn instead of a class: waves of the numbers, a step for two levels, and
 * noise.
 */
export function sampleValues(options: Omit<SampleOptions, "classes">): { table: FeatureTable; target: ValueTarget } {
  const { table } = sampleRows({ ...options, classes: 2 });
  const random = new RandomStream(options.seed, 98);
  const values = new Float64Array(options.rowCount).map((_, row) => {
    let sum = 50 + random.next() / 2 ** 32;
    for (const [k, { values: column }] of table.numbers.entries())
      sum += Number.isNaN(column[row]) ? 1 : 4 * Math.sin((3 * (column[row] - k)) / 10 ** (k % 4));
    for (const { codes } of table.categories) sum += codes[row] === 1 ? 6 : codes[row] === 3 ? -3 : 0;
    return sum;
  });
  return { table, target: { task: "regression", values } };
}
