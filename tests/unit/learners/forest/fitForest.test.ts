import { describe, expect, it } from "vitest";
import { fitForest } from "../../../../shared/learners/forest/fitForest";
import golden from "../../../vectors/trees.json";

const table = {
  rowCount: golden.values.length,
  numbers: golden.numbers.map((values, k) => ({
    name: `x${k}`,
    values: Float32Array.from(values, (value) => value ?? Number.NaN),
  })),
  categories: [],
};

/** One tree that sees all rows and, at each split, all features. */
const oneTree = { trees: 1, maxDepth: 5, minLeafRows: 6, featuresPerSplit: 3, bootstrap: false, cuts: "best" as const };

describe.each([
  { name: "without weights", expected: golden.plain, sampleWeights: undefined },
  { name: "with weights", expected: golden.weighted, sampleWeights: Float64Array.from(golden.weights) },
])("one tree of all rows and features, $name", ({ expected, sampleWeights }) => {
  it("is scikit-learn's regression tree, missing values included", () => {
    const target = { task: "regression" as const, values: Float64Array.from(golden.values) };
    const predictions = fitForest("tree", table, target, oneTree, { seed: 1, sampleWeights }).predict(table);
    for (const [row, value] of predictions.entries()) expect(value, `row ${row}`).toBeCloseTo(expected.values[row], 5);
  });

  it("is scikit-learn's classification tree, missing values included", () => {
    const target = {
      task: "classification" as const,
      classes: ["a", "b", "c"],
      codes: Int32Array.from(golden.classes),
    };
    const predictions = fitForest("tree", table, target, oneTree, { seed: 1, sampleWeights }).predict(table);
    for (const [at, value] of predictions.entries())
      expect(value, `row ${Math.floor(at / 3)}`).toBeCloseTo(expected.probabilities.flat()[at], 5);
  });
});
