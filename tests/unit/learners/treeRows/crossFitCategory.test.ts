import { describe, expect, it } from "vitest";
import type { FeatureTable } from "../../../../shared/featureTable";
import { fitModel } from "../../../../shared/learners/fit/fitModel";
import { trainerFor } from "../../../../shared/learners/registry";
import type { ClassTarget, TrainingTarget, ValueTarget } from "../../../../shared/learners/trainer";
import { crossFitCategory, isThin } from "../../../../shared/learners/treeRows/crossFitCategory";
import { RandomStream } from "../../../../shared/math/randomStream";
import { runGraph } from "../runGraph";

interface ThinOptions {
  levelCount: number;
  /** by how much a level moves the log odds, at most */
  effect: number;
  seed: number;
  rowCount?: number;
}

/** A number column that tells half of the label and a category of which `effect` says whether it tells anything. */
function thinRows({ levelCount, effect, seed, rowCount = 2000 }: ThinOptions) {
  const random = new RandomStream(seed, 7);
  const uniform = () => random.next() / 2 ** 32;
  const values = new Float32Array(rowCount).map(() => 4 * uniform() - 2);
  const codes = new Int32Array(rowCount).map(() => random.below(levelCount));
  const levels = Array.from({ length: levelCount }, (_, level) => `level ${level}`);
  // every other level pulls up, the rest down
  const odds = (row: number) => 1.5 * values[row] + (codes[row] % 2 === 0 ? effect : -effect);
  const positive = new Int32Array(rowCount).map((_, row) => (uniform() < 1 / (1 + Math.exp(-odds(row))) ? 1 : 0));
  const table: FeatureTable = {
    rowCount,
    numbers: [{ name: "x", values }],
    categories: [{ name: "id", levels, codes }],
  };
  const noise = new Float64Array(rowCount).map(() => 2 * uniform() + 2 * uniform() - 2);
  return {
    table,
    two: { task: "classification", classes: ["no", "yes"], codes: positive } as ClassTarget,
    three: {
      task: "classification",
      classes: ["low", "middle", "high"],
      codes: positive.map((code, row) => code + (noise[row] > 0 ? 1 : 0)),
    } as ClassTarget,
    number: { task: "regression", values: noise.map((value, row) => 2 * value + odds(row)) } as ValueTarget,
  };
}

/** The mean squared error of probabilities or values of rows that were not trained on. */
function error(learner: string, rows: [FeatureTable, TrainingTarget], others: [FeatureTable, TrainingTarget]): number {
  const trainer = trainerFor(learner);
  const predicted = fitModel(trainer, rows[0], rows[1], trainer.parameters.parse({}), { seed: 1 }).predict(others[0]);
  const [{ rowCount }, target] = others;
  const width = predicted.length / rowCount;
  let sum = 0;
  for (const [at, value] of predicted.entries()) {
    const row = Math.floor(at / width);
    sum += (value - (target.task === "regression" ? target.values[row] : +(target.codes[row] === at % width))) ** 2;
  }
  return sum / rowCount;
}

describe.each([
  // boosting to the end learns noise from any column
  { learner: "gradient-boosting", limit: 1.2 },
  { learner: "random-forest", limit: 1.06 },
  { learner: "extra-trees", limit: 1.06 },
])("$learner on a category with many levels", ({ learner, limit }) => {
  const without = (table: FeatureTable) => ({ ...table, categories: [] });

  it.each(["two", "three", "number"] as const)("is hardly worse for uninformative levels (%s)", (target) => {
    const train = thinRows({ levelCount: 600, effect: 0, seed: 1 });
    const test = thinRows({ levelCount: 600, effect: 0, seed: 2 });
    const plain = error(learner, [without(train.table), train[target]], [without(test.table), test[target]]);
    const withNoise = error(learner, [train.table, train[target]], [test.table, test[target]]);
    expect(withNoise).toBeLessThan(limit * plain);
  });

  it.each(["two", "number"] as const)("is better for informative levels (%s)", (target) => {
    const train = thinRows({ levelCount: 200, effect: 1.5, seed: 3 });
    const test = thinRows({ levelCount: 200, effect: 1.5, seed: 4 });
    const plain = error(learner, [without(train.table), train[target]], [without(test.table), test[target]]);
    expect(error(learner, [train.table, train[target]], [test.table, test[target]])).toBeLessThan(0.92 * plain);
  });

  it("does not depend on the order of rows and levels, and its graph gives its predictions of levels never seen", async () => {
    const { table, two } = thinRows({ levelCount: 100, effect: 1, seed: 5, rowCount: 500 });
    const [{ name, levels, codes }] = table.categories;
    const turn = (column: Int32Array) => column.slice().reverse();
    const turned: FeatureTable = {
      rowCount: 500,
      numbers: [{ name: "x", values: table.numbers[0].values.slice().reverse() }],
      categories: [{ name, levels: [...levels].reverse(), codes: turn(codes).map((code) => 99 - code) }],
    };
    const trainer = trainerFor(learner);
    const learn = (rows: FeatureTable, target: ClassTarget) =>
      fitModel(trainer, rows, target, trainer.parameters.parse({}), { seed: 1 });
    const model = learn(table, two);
    const bytes = model.toOnnx();
    expect(Buffer.compare(bytes, learn(turned, { ...two, codes: turn(two.codes) }).toOnnx())).toBe(0);
    const unseen = [...levels.slice(0, 98), "never seen", "nor this"];
    const others = { ...table, categories: [{ name, levels: unseen, codes: codes.map((code) => code - 1) }] };
    const { probabilities } = await runGraph(bytes, others);
    expect([...model.predict(others)]).toEqual(Array.from(probabilities));
  });
});

describe("a category of many levels", () => {
  const column = (levelCount: number, rowCount: number) => ({
    name: "id",
    levels: Array.from({ length: levelCount }, (_, level) => `level ${level}`),
    codes: new Int32Array(rowCount).map((_, row) => row % levelCount),
  });

  it("is thin with more than 20 levels and fewer than 30 rows for each, of rows that count", () => {
    expect(isThin(column(20, 100))).toBe(false);
    expect(isThin(column(21, 21 * 30))).toBe(false);
    expect(isThin(column(21, 21 * 30 - 1))).toBe(true);
    const half = new Float64Array(840).map((_, row) => (row < 629 ? 1 : 0));
    expect(isThin(column(21, 840), half)).toBe(true);
  });

  it("gives no row its own label, and later rows the shrunk mean of their level", () => {
    const { table, two } = thinRows({ levelCount: 400, effect: 0, seed: 6, rowCount: 800 });
    const [ids] = table.categories;
    const { category, values } = crossFitCategory(ids, two, { seed: 1 });
    const share = two.codes.reduce((sum, code) => sum + code, 0) / 800;
    const reach = Math.max(share, 1 - share);
    for (const [at, level] of category.levels.entries()) {
      const own = two.codes.filter((_, row) => ids.levels[ids.codes[row]] === level);
      const sum = own.reduce((total, code) => total + code - share, 0);
      expect(category.values[at]).toBeCloseTo(sum / (own.length + 5) / reach, 6);
      if (own.length === 1) expect(values[ids.codes.findIndex((code) => ids.levels[code] === level)]).toBe(0);
    }
  });

  it("leaves out a row's neighbours in time where rows have one", () => {
    // each level lives in one stretch of time: for later rows it says nothing
    const ids = { ...column(100, 500), codes: new Int32Array(500).map((_, row) => Math.floor(row / 5)) };
    const codes = new Int32Array(500).map((_, row) => Math.floor(row / 5) % 2);
    const target: ClassTarget = { task: "classification", classes: ["no", "yes"], codes };
    const times = Float64Array.from(codes.keys());
    expect(new Set(crossFitCategory(ids, target, { seed: 1, times }).values)).toEqual(new Set([0]));
    expect(new Set(crossFitCategory(ids, target, { seed: 1 }).values).size).toBeGreaterThan(2);
  });
});
