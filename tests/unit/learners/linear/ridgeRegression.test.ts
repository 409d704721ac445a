import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../../shared/errors";
import { ridgeRegression } from "../../../../shared/learners/linear/ridgeRegression";
import { solveCholesky } from "../../../../shared/math/solveCholesky";
import { ModelProtoSchema } from "../../../../shared/onnx/onnx.generated";
import golden from "../../../vectors/ridge.json";
import { runGraph } from "../runGraph";
import { sampleRows, sampleValues } from "../sampleRows";

const table = {
  rowCount: golden.values.length,
  numbers: golden.numbers.map((values, k) => ({ name: `x${k}`, values: Float32Array.from(values) })),
  categories: [{ name: "c", levels: golden.levels, codes: Int32Array.from(golden.codes) }],
};
const target = { task: "regression" as const, values: Float64Array.from(golden.values) };

/** The float64 constants of a graph: weights, then the intercept. */
function constantsOf(bytes: Uint8Array): number[][] {
  const { graph } = fromBinary(ModelProtoSchema, bytes);
  return (graph?.initializer ?? [])
    .filter(({ doubleData }) => doubleData.length > 0)
    .map(({ doubleData }) => doubleData);
}

describe("ridge regression", () => {
  it.each(golden.cases)("finds scikit-learn's weights within 1e-9 (l2 $l2)", ({ l2, weights, ...expected }) => {
    const context = { seed: 0, sampleWeights: weights ? Float64Array.from(weights) : undefined };
    const model = ridgeRegression.fit(table, target, { l2 }, context);
    const [coefficients, [intercept]] = constantsOf(model.toOnnx());
    for (const [k, wanted] of expected.coefficients.entries())
      expect(Math.abs(coefficients[k] - wanted) / Math.max(1, Math.abs(wanted))).toBeLessThan(1e-9);
    expect(Math.abs(intercept - expected.intercept)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected.intercept)));
    const predictions = model.predict(table);
    for (const [row, wanted] of expected.predictions.entries())
      expect(Math.abs(predictions[row] - wanted)).toBeLessThan(2e-6);
  });

  it("gives the graph's numbers, also where values are missing or levels unknown", async () => {
    const rows = sampleValues({ seed: 3, rowCount: 300, numbers: 3, categories: 2, missing: 0.2 });
    const model = ridgeRegression.fit(rows.table, rows.target, { l2: 1 }, { seed: 0 });
    const [first, ...rest] = rows.table.categories;
    const unknown = { ...first, levels: first.levels.map((level) => `${level}?`) };
    for (const asked of [rows.table, { ...rows.table, categories: [unknown, ...rest] }]) {
      const { values } = await runGraph(model.toOnnx(), asked);
      expect(Array.from(values)).toEqual([...model.predict(asked)]);
    }
  });

  it("counts a row of weight two as two rows", () => {
    const rows = sampleValues({ seed: 4, rowCount: 60, numbers: 2, categories: 0, missing: 0 });
    const twice = [...Array(60).keys(), ...Array(60).keys()];
    const doubled = {
      rowCount: 120,
      numbers: rows.table.numbers.map(({ name, values }) => ({
        name,
        values: Float32Array.from(twice, (row) => values[row]),
      })),
      categories: [],
    };
    const values = Float64Array.from(twice, (row) => rows.target.values[row]);
    const one = ridgeRegression.fit(doubled, { task: "regression", values }, { l2: 3 }, { seed: 0 });
    const sampleWeights = new Float64Array(60).fill(2);
    const other = ridgeRegression.fit(rows.table, rows.target, { l2: 3 }, { seed: 0, sampleWeights });
    const [ours, theirs] = [one.predict(rows.table), other.predict(rows.table)];
    expect(ours.every((value, row) => Math.abs(value - theirs[row]) < 1e-5)).toBe(true);
  });

  it("refuses classes, and more columns than it can solve for", () => {
    const classes = sampleRows({ seed: 1, rowCount: 50, numbers: 1, categories: 0, classes: 2, missing: 0 });
    const defaults = ridgeRegression.parameters.parse({});
    expect(() => ridgeRegression.fit(classes.table, classes.target, defaults, { seed: 0 })).toThrow("learns numbers");
    const levels = Array.from({ length: 3001 }, (_, code) => `level ${code}`);
    const wide = { name: "c", levels, codes: Int32Array.from(levels.keys()) };
    const values = Float64Array.from(levels.keys());
    const train = () =>
      ridgeRegression.fit(
        { rowCount: 3001, numbers: [], categories: [wide] },
        { task: "regression", values },
        defaults,
        { seed: 0 },
      );
    expect(train).toThrow(AppError);
    expect(train).toThrow("3001 columns");
  });
});

describe("the solver", () => {
  it("solves a positive definite system and says when it is not one", () => {
    expect([...(solveCholesky(Float64Array.of(4, 0, 2, 5), Float64Array.of(8, 14)) ?? [])]).toEqual([0.75, 2.5]);
    expect(solveCholesky(Float64Array.of(1, 0, 2, 1), Float64Array.of(1, 1))).toBeUndefined();
  });
});
