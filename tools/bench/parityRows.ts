import type { FeatureTable } from "../../shared/featureTable";
import type { TrainingTarget } from "../../shared/learners/trainer";
import { RandomStream } from "../../shared/math/randomStream";

/** The kind of a random table. */
export interface ParityShape {
  task: "binary" | "three classes" | "regression";
  missing: boolean;
  categories: boolean;
}

export interface ParityRows {
  table: FeatureTable;
  target: TrainingTarget;
  /** other rows with the same columns, including levels that training never saw */
  others: FeatureTable;
}

const levels = ["clear", "rain", "snow", "fog é", "hail"];

/** A seeded table of 60 to 600 rows, its target, and as many other rows; every class occurs. */
export function parityRows(shape: ParityShape, seed: number): ParityRows {
  const random = new RandomStream(seed, 0);
  const rowCount = 60 + random.below(541);
  const widths = {
    numbers: (shape.categories ? 0 : 1) + random.below(6),
    categories: shape.categories ? 1 + random.below(3) : 0,
  };
  /** steps per unit: coarse ones give ties */
  const steps = [4, 1000, 1e6][random.below(3)];
  const table = randomTable(random, rowCount, widths, steps, shape.missing ? 0.2 : 0, levels);
  const others = randomTable(random, rowCount, widths, steps, shape.missing ? 0.3 : 0, ["meteor", ...levels, "ash"]);
  return { table, target: randomTarget(random, table, shape.task), others };
}

function randomTable(
  random: RandomStream,
  rowCount: number,
  widths: { numbers: number; categories: number },
  steps: number,
  missing: number,
  names: string[],
): FeatureTable {
  const number = (column: number) => () =>
    uniform(random) < missing
      ? Number.NaN
      : (Math.round((uniform(random) + uniform(random) - 1) * steps) / steps) * 10 ** (column % 5) + 7 * column;
  const code = () => (uniform(random) < missing ? -1 : random.below(names.length));
  return {
    rowCount,
    numbers: Array.from({ length: widths.numbers }, (_, column) => ({
      name: `n${column}`,
      values: new Float32Array(rowCount).map(number(column)),
    })),
    categories: Array.from({ length: widths.categories }, (_, column) => ({
      name: `c${column}`,
      levels: names,
      codes: new Int32Array(rowCount).map(code),
    })),
  };
}

/**
 * Waves of the numbers and a step for some levels, with noise; the class is the quantile range that a row falls into.
 */
function randomTarget(random: RandomStream, table: FeatureTable, task: ParityShape["task"]): TrainingTarget {
  const signal = new Float64Array(table.rowCount).map((_, row) => {
    let sum = uniform(random);
    for (const [k, { values }] of table.numbers.entries())
      sum += Number.isNaN(values[row]) ? 0.4 : Math.sin((3 * (values[row] - 7 * k)) / 10 ** (k % 5));
    for (const { codes } of table.categories) sum += codes[row] === 1 ? 1 : codes[row] === 3 ? -0.7 : 0;
    return sum;
  });
  if (task === "regression") {
    const scale = 10 ** (random.below(9) - 3);
    const shift = [0, 1, -10][random.below(3)] * scale;
    return { task: "regression", values: signal.map((value) => value * scale + shift) };
  }
  const classCount = task === "binary" ? 2 : 3;
  const sorted = signal.slice().sort();
  const limits = Array.from(
    { length: classCount - 1 },
    (_, k) => sorted[Math.floor((sorted.length * (k + 1)) / classCount)],
  );
  const codes = Int32Array.from(signal, (value) => limits.filter((limit) => value >= limit).length);
  const classes = Array.from({ length: classCount }, (_, k) => `class ${k}`);
  return { task: "classification", classes, codes };
}

function uniform(random: RandomStream): number {
  return random.next() / 2 ** 32;
}
