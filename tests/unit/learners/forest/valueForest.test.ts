import { describe, expect, it } from "vitest";
import { extraTrees } from "../../../../shared/learners/forest/extraTrees";
import { randomForest } from "../../../../shared/learners/forest/randomForest";
import { valueScale } from "../../../../shared/learners/forest/valueLeaves";
import { runGraph } from "../runGraph";
import { sampleRows, sampleValues } from "../sampleRows";

const sample = { seed: 2, rowCount: 600, numbers: 5, categories: 1, missing: 0.1 };

/** One number, whose label is the step it lies on. */
function stairs() {
  const values = new Float32Array(400).map((_, row) => (row * 37) % 400);
  const steps = Float64Array.from(values, (x) => (x < 100 ? -3.5 : x < 250 ? 0.1 : 1e6));
  return {
    table: { rowCount: 400, numbers: [{ name: "x", values }], categories: [] },
    target: { task: "regression" as const, values: steps },
  };
}

describe.each([
  { trainer: randomForest, name: "a random forest" },
  { trainer: extraTrees, name: "a forest of extremely randomised trees" },
])("$name of numbers", ({ trainer }) => {
  const defaults = trainer.parameters.parse({});

  it("answers with the mean of a leaf's training rows, to float32", () => {
    const { table, target } = stairs();
    const settings = { ...defaults, trees: 1, minLeafRows: 1, maxDepth: 32 };
    const predictions = trainer.fit(table, target, settings, { seed: 1 }).predict(table);
    const wrong = predictions.filter((value, row) => value !== Math.fround(target.values[row])).length;
    // a bootstrap sample may put a border half a step off; without one every row is known
    expect(wrong).toBeLessThanOrEqual(trainer === randomForest ? 4 : 0);
  });

  it.each([1, 30, 337])("gives bit for bit the graph's numbers with %i trees", async (trees) => {
    const { table, target } = sampleValues(sample);
    const model = trainer.fit(table, target, { ...defaults, trees }, { seed: 1 });
    const { values } = await runGraph(model.toOnnx(), table);
    expect(Array.from(values)).toEqual([...model.predict(table)]);
  });

  it("explains most of what can be explained in rows it has not seen", () => {
    const train = sampleValues({ ...sample, rowCount: 4000 });
    const test = sampleValues({ ...sample, seed: 3 });
    const predictions = trainer.fit(train.table, train.target, defaults, { seed: 1 }).predict(test.table);
    const mean = test.target.values.reduce((sum, y) => sum + y, 0) / test.target.values.length;
    const error = (guess: (row: number) => number) =>
      test.target.values.reduce((sum, y, row) => sum + (y - guess(row)) ** 2, 0);
    expect(1 - error((row) => predictions[row]) / error(() => mean)).toBeGreaterThan(0.6);
  });

  it("follows the rows that weigh more", () => {
    const values = new Float32Array(100).map((_, row) => row % 2);
    const table = { rowCount: 100, numbers: [{ name: "x", values }], categories: [] };
    const target = { task: "regression" as const, values: new Float64Array(100).map((_, row) => (row < 50 ? 1 : 4)) };
    const sampleWeights = new Float64Array(100).map((_, row) => (row < 50 ? 0.5 : 1));
    const settings = { ...defaults, trees: 200 };
    const [first] = trainer.fit(table, target, settings, { seed: 1, sampleWeights }).predict(table);
    expect(first).toBeCloseTo(3, 0);
  });
});

describe("extremely randomised trees of classes", () => {
  const defaults = extraTrees.parameters.parse({});
  const rows = sampleRows({ ...sample, classes: 2 });

  it("draw other cuts with another seed, and the same with the same", () => {
    const bytes = (seed: number) => extraTrees.fit(rows.table, rows.target, defaults, { seed }).toOnnx();
    expect(Buffer.compare(bytes(1), bytes(1))).toBe(0);
    expect(Buffer.compare(bytes(1), bytes(2))).not.toBe(0);
  });

  it("learn from the absence of a value alone", () => {
    const values = new Float32Array(300).map((_, row) => (row % 3 === 0 ? Number.NaN : 7));
    const table = { rowCount: 300, numbers: [{ name: "x", values }], categories: [] };
    const codes = new Int32Array(300).map((_, row) => (row % 3 === 0 ? 1 : 0));
    const target = { task: "classification" as const, classes: ["no", "yes"], codes };
    const probabilities = extraTrees.fit(table, target, defaults, { seed: 1 }).predict(table);
    expect([...probabilities.subarray(0, 4)]).toEqual([0, 1, 1, 0]);
  });

  it("see every row once, or with a bootstrap other samples", () => {
    const forest = (bootstrap: boolean) =>
      extraTrees.fit(rows.table, rows.target, { ...defaults, trees: 5, maxDepth: 1, bootstrap }, { seed: 1 });
    const mean = (p: Float64Array) => p.reduce((sum, value, at) => sum + (at % 2) * value, 0) / rows.table.rowCount;
    const share = rows.target.codes.reduce((sum, code) => sum + code, 0) / rows.table.rowCount;
    // all rows: the mean over the training rows is the share of the class itself
    expect(mean(forest(false).predict(rows.table))).toBeCloseTo(share, 5);
    expect(Math.abs(mean(forest(true).predict(rows.table)) - share)).toBeGreaterThan(1e-5);
  });
});

describe("the scale of a forest's numbers", () => {
  it("is a power of two that just takes the largest deviation", () => {
    for (const [low, high, trees] of [
      [-1, 1, 1],
      [0, 1e-30, 100],
      [-1e38, 1e38, 7],
      [5, 1e9, 2000],
    ]) {
      const { centre, unit } = valueScale(Float64Array.of(low, high), undefined, trees);
      const steps = (2 ** (24 - Math.ceil(Math.log2(trees)))) ** 2 / 2;
      const reach = Math.max(high - centre, centre - low) / unit;
      expect(Number.isInteger(Math.log2(unit))).toBe(true);
      expect(reach).toBeLessThanOrEqual(steps);
      expect(reach).toBeGreaterThan(steps / 4);
    }
  });
});
