import { describe, expect, it } from "vitest";
import type { FeatureTable } from "../../../../shared/featureTable";
import { fitModel } from "../../../../shared/learners/fit/fitModel";
import { guardGraph } from "../../../../shared/learners/graph/guardGraph";
import { learnerNames, trainerFor } from "../../../../shared/learners/registry";
import type { FeatureDomain } from "../../../../shared/onnx/featureDomain";
import { readSignature } from "../../../../shared/onnx/signature";
import { createOnnxRuntime } from "../../../../shared/onnxruntime/runtime";
import { predictTable } from "../../../../shared/serving/predictTable";
import { proveGuard } from "../../../../shared/training/proveGuard";
import { sampleRows, sampleValues } from "../sampleRows";

const options = { seed: 5, rowCount: 200, numbers: 3, categories: 1, classes: 2, missing: 0.1 };
const domains: Record<string, FeatureDomain> = {
  n0: { min: -1.5, max: 1.5, sentinels: [0.1, 9999] },
  n2: { max: 900, sentinels: [3, 4, -7] },
  c0: { sentinels: ["n/a"], levels: ["clear", "fog é", "hail", "rain", "snow"] },
};

function featuresOf(table: FeatureTable, given = domains) {
  const feature =
    (type: "number" | "category") =>
    ({ name }: { name: string }) => ({
      name,
      type,
      nullable: true,
      domain: given[name],
    });
  return [...table.numbers.map(feature("number")), ...table.categories.map(feature("category"))];
}

function train(learner: string) {
  const trainer = trainerFor(learner);
  const { table, target } = trainer.tasks.includes("classification") ? sampleRows(options) : sampleValues(options);
  const model = fitModel(trainer, table, target, trainer.parameters.parse({}), { seed: 1 });
  return { table, target, model };
}

async function predictor(bytes: Uint8Array, table: FeatureTable) {
  const loaded = await createOnnxRuntime().load(bytes);
  const signature = readSignature(loaded, featuresOf(table), ["class 0", "class 1"]);
  return { signature, predict: (rows: FeatureTable) => predictTable(loaded, signature, rows) };
}

/** The table with other numbers in its first rows. */
function withNumbers(table: FeatureTable, name: string, values: number[]): FeatureTable {
  const put = (column: Float32Array) => Float32Array.from(column, (value, row) => values[row] ?? value);
  return {
    ...table,
    numbers: table.numbers.map((column) => (column.name === name ? { name, values: put(column.values) } : column)),
  };
}

describe("a guarded graph", () => {
  it.each(learnerNames)(
    "of %s takes what the domains call missing for missing, and every value for itself",
    async (learner) => {
      const { table, target, model } = train(learner);
      const bytes = guardGraph(model.toOnnx(), table, featuresOf(table), target.task);
      expect(Buffer.compare(bytes, guardGraph(model.toOnnx(), table, featuresOf(table), target.task))).toBe(0);
      const { predict, signature } = await predictor(bytes, table);
      const plain = await predictor(model.toOnnx(), table);
      await proveGuard(predict, table, signature.features);
      const odd = withNumbers(withNumbers(table, "n0", [0.1, 9999, -1.6, 1.6]), "n2", [
        3,
        -7,
        901,
        Number.POSITIVE_INFINITY,
      ]);
      const nan = new Array<number>(4).fill(Number.NaN);
      const missing = withNumbers(withNumbers(table, "n0", nan), "n2", nan);
      expect((await predict(odd)).predictions).toEqual((await plain.predict(missing)).predictions);
      const edges = withNumbers(withNumbers(table, "n0", [-1.5, 1.5]), "n2", [900, -5000]);
      expect((await predict(edges)).predictions).toEqual((await plain.predict(edges)).predictions);
    },
  );

  it("is the graph itself where nothing is declared", () => {
    const { table, target, model } = train("extra-trees");
    const bytes = model.toOnnx();
    expect(guardGraph(bytes, table, featuresOf(table, {}), target.task)).toBe(bytes);
  });

  it("is told from one without", async () => {
    const { table, model } = train("random-forest");
    const { predict, signature } = await predictor(model.toOnnx(), table);
    await expect(proveGuard(predict, table, signature.features)).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringMatching(/the ONNX graph does not treat \S+ as missing in n\d/),
    });
  });
});
