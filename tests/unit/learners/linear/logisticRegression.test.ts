import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { logisticRegression } from "../../../../shared/learners/linear/logisticRegression";
import { ModelProtoSchema } from "../../../../shared/onnx/onnx.generated";
import iris from "../irisLogistic.json";
import { sampleRows } from "../sampleRows";

const defaults = logisticRegression.parameters.parse({});
const exact = { tolerance: 1e-11, maxIterations: 5000 };

function irisTable(firstRow: number) {
  const rows = iris.rows.slice(firstRow);
  const numbers = [0, 1, 2, 3].map((k) => ({ name: `x${k}`, values: Float32Array.from(rows, (row) => row[k]) }));
  return { rowCount: rows.length, numbers, categories: [] };
}

/** The float64 constants of a graph: weights (width x outputs), then intercepts. */
function constantsOf(bytes: Uint8Array): number[][] {
  const { graph } = fromBinary(ModelProtoSchema, bytes);
  return (graph?.initializer ?? [])
    .filter(({ doubleData }) => doubleData.length > 0)
    .map(({ doubleData }) => doubleData);
}

function expectClose(actual: number[], expected: number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  for (const [at, value] of expected.entries()) expect(Math.abs(actual[at] - value)).toBeLessThan(tolerance);
}

describe("logistic regression", () => {
  it("finds scikit-learn's weights for two classes with sample weights", () => {
    const target = {
      task: "classification" as const,
      classes: ["versicolor", "virginica"],
      codes: Int32Array.from(iris.classes.slice(50), (y) => y - 1),
    };
    const sampleWeights = new Float64Array(100).map((_, row) => 1 + (row % 3));
    const settings = { ...exact, l2: iris.twoClasses.l2 };
    const model = logisticRegression.fit(irisTable(50), target, settings, { seed: 0, sampleWeights });
    const [weights, intercepts] = constantsOf(model.toOnnx());
    expectClose(weights, iris.twoClasses.coefficients[0], 1e-5);
    expectClose(intercepts, iris.twoClasses.intercepts, 1e-4);
    const ours = model.predict(irisTable(50));
    for (const [at, expected] of iris.twoClasses.probabilities.entries())
      expectClose([...ours.subarray(20 * at, 20 * at + 2)], expected, 1e-6);
  });

  it("finds scikit-learn's weights for three classes", () => {
    const target = {
      task: "classification" as const,
      classes: ["setosa", "versicolor", "virginica"],
      codes: Int32Array.from(iris.classes),
    };
    const settings = { ...exact, l2: iris.threeClasses.l2 };
    const model = logisticRegression.fit(irisTable(0), target, settings, { seed: 0 });
    const [weights] = constantsOf(model.toOnnx());
    const { coefficients } = iris.threeClasses;
    expectClose(
      weights,
      [0, 1, 2, 3].flatMap((k) => coefficients.map((output) => output[k])),
      1e-5,
    );
    const ours = model.predict(irisTable(0));
    for (const [at, expected] of iris.threeClasses.probabilities.entries())
      expectClose([...ours.subarray(30 * at, 30 * at + 3)], expected, 1e-6);
  });

  it.each([2, 3])("counts a row of weight two as two rows (%i classes)", (classes) => {
    const { table, target } = sampleRows({ seed: 5, rowCount: 80, numbers: 2, categories: 1, classes, missing: 0.1 });
    const twice = [...Array(80).keys(), ...Array(40).keys()];
    const doubled = {
      rowCount: 120,
      numbers: table.numbers.map(({ name, values }) => ({
        name,
        values: Float32Array.from(twice, (row) => values[row]),
      })),
      categories: table.categories.map((column) => ({
        ...column,
        codes: Int32Array.from(twice, (row) => column.codes[row]),
      })),
    };
    const settings = { ...defaults, ...exact };
    const sampleWeights = new Float64Array(80).map((_, row) => (row < 40 ? 2 : 1));
    const weighted = logisticRegression.fit(table, target, settings, { seed: 0, sampleWeights });
    const codes = Int32Array.from(twice, (row) => target.codes[row]);
    const repeated = logisticRegression.fit(doubled, { ...target, codes }, settings, { seed: 0 });
    expectClose([...weighted.predict(table)], [...repeated.predict(table)], 1e-6);
  });

  it("refuses an infinite number and says where it is", () => {
    const numbers = [{ name: "pressure", values: Float32Array.of(1, 2, Number.POSITIVE_INFINITY, 4) }];
    const target = { task: "classification" as const, classes: ["a", "b"], codes: Int32Array.of(0, 1, 0, 1) };
    const fit = () => logisticRegression.fit({ rowCount: 4, numbers, categories: [] }, target, defaults, { seed: 0 });
    expect(fit).toThrow('column "pressure" is infinite in row 2');
  });

  it("notes in the graph whether it converged", () => {
    const { table, target } = sampleRows({ seed: 5, rowCount: 200, numbers: 3, categories: 1, classes: 2, missing: 0 });
    const notesOf = (maxIterations: number) => {
      const model = logisticRegression.fit(table, target, { ...defaults, maxIterations }, { seed: 0 });
      const { metadataProps } = fromBinary(ModelProtoSchema, model.toOnnx());
      return JSON.parse(metadataProps.find(({ key }) => key === "fit")?.value ?? "{}");
    };
    expect(notesOf(1)).toEqual({ iterations: 1, converged: false });
    expect(notesOf(200)).toMatchObject({ converged: true });
  });
});
