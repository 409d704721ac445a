import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { type FeatureTable, gather, selectRows } from "../../../../shared/featureTable";
import { fitModel } from "../../../../shared/learners/fit/fitModel";
import { learnerNames, trainerFor } from "../../../../shared/learners/registry";
import { weighClasses } from "../../../../shared/learners/rows/weighClasses";
import type { FitContext, TrainingTarget } from "../../../../shared/learners/trainer";
import { RandomStream } from "../../../../shared/math/randomStream";
import { ModelProtoSchema } from "../../../../shared/onnx/onnx.generated";
import { runGraph } from "../runGraph";
import { sampleRows, sampleValues } from "../sampleRows";

const sample = { rowCount: 240, numbers: 3, categories: 2, missing: 0.1, steps: 12 };
const cases = learnerNames.flatMap((learner) => trainerFor(learner).tasks.map((task) => ({ learner, task })));
/** learners that look only at the order of a number's values */
const treeLearners = /forest|trees|boosting/;

function rowsFor(task: string, seed: number): { table: FeatureTable; target: TrainingTarget } {
  return task === "regression"
    ? sampleValues({ ...sample, seed })
    : sampleRows({ ...sample, seed, classes: 2 + (seed % 2) });
}

function fitDefault(learner: string, table: FeatureTable, target: TrainingTarget, context: FitContext) {
  const trainer = trainerFor(learner);
  return fitModel(trainer, table, target, trainer.parameters.parse({}), context);
}

function permutation(length: number, seed: number): Int32Array {
  const random = new RandomStream(seed, 0);
  const rows = Int32Array.from({ length }, (_, row) => row);
  for (let at = length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [rows[at], rows[other]] = [rows[other], rows[at]];
  }
  return rows;
}

function selectTarget(target: TrainingTarget, rows: Int32Array): TrainingTarget {
  return target.task === "regression"
    ? { ...target, values: gather(target.values, new Float64Array(rows.length), rows) }
    : { ...target, codes: gather(target.codes, new Int32Array(rows.length), rows) };
}

/** The same rows, the levels of each category under other codes. */
function renumberLevels(table: FeatureTable): FeatureTable {
  return {
    ...table,
    categories: table.categories.map(({ name, levels, codes }) => ({
      name,
      levels: levels.toReversed(),
      codes: codes.map((code) => (code < 0 ? -1 : levels.length - 1 - code)),
    })),
  };
}

describe.each(cases)("a fit of $learner ($task)", ({ learner, task }) => {
  it("gives the same bytes for the same seed and rows, whatever the order of rows and levels", () => {
    for (const seed of [1, 2]) {
      const { table, target } = rowsFor(task, seed);
      const sampleWeights = new Float64Array(table.rowCount).map((_, row) => 1 + (row % 3));
      const times = new Float64Array(table.rowCount).map((_, row) => 1e12 + 3_600_000 * (row >> 1));
      const bytes = fitDefault(learner, table, target, { seed, sampleWeights, times }).toOnnx();
      const rows = permutation(table.rowCount, seed);
      const shuffled = fitDefault(learner, renumberLevels(selectRows(table, rows)), selectTarget(target, rows), {
        seed,
        sampleWeights: gather(sampleWeights, new Float64Array(rows.length), rows),
        times: gather(times, new Float64Array(rows.length), rows),
      });
      expect(Buffer.compare(bytes, shuffled.toOnnx())).toBe(0);
    }
  });

  it("is not changed by constant features, which the graph takes and ignores", async () => {
    const { table, target } = rowsFor(task, 3);
    const { rowCount } = table;
    const wide: FeatureTable = {
      rowCount,
      numbers: [
        { name: "constant", values: new Float32Array(rowCount).fill(1013.25) },
        ...table.numbers,
        { name: "empty", values: new Float32Array(rowCount).fill(Number.NaN) },
      ],
      categories: [
        { name: "one", levels: ["x", "y"], codes: new Int32Array(rowCount).fill(1) },
        ...table.categories,
        { name: "never", levels: [], codes: new Int32Array(rowCount).fill(-1) },
      ],
    };
    const narrow = fitDefault(learner, table, target, { seed: 1 }).predict(table);
    const model = fitDefault(learner, wide, target, { seed: 1 });
    expect(model.predict(wide)).toEqual(narrow);
    const asked = { ...wide, numbers: wide.numbers.map((column, at) => (at === 0 ? wide.numbers[1] : column)) };
    const bytes = model.toOnnx();
    const { probabilities, values } = await runGraph(bytes, asked);
    const graph = [...(task === "regression" ? values : probabilities)];
    const gap = graph.reduce((most, value, at) => Math.max(most, Math.abs(value - narrow[at])), 0);
    expect(graph).toHaveLength(narrow.length);
    expect(gap).toBeLessThan(1e-6 * Math.max(1, ...narrow.map(Math.abs)));
    const metadata = new Map(fromBinary(ModelProtoSchema, bytes).metadataProps.map(({ key, value }) => [key, value]));
    expect(JSON.parse(metadata.get("columns") ?? "")).toEqual({
      numbers: wide.numbers.map(({ name }) => name),
      categories: wide.categories.map(({ name }) => name),
    });
    expect(metadata.get("learner")).toBe(learner);
  });

  it("says so when every feature is constant", () => {
    const { target } = rowsFor(task, 5);
    const numbers = [{ name: "x", values: new Float32Array(240).fill(2) }];
    const fit = () => fitDefault(learner, { rowCount: 240, numbers, categories: [] }, target, { seed: 1 });
    expect(fit).toThrow("every feature is the same in all 240 training rows");
  });
});

describe.each(cases.filter(({ learner }) => treeLearners.test(learner)))(
  "a fit of $learner ($task)",
  ({ learner, task }) => {
    it("is the same for a feature scaled by a power of two", () => {
      const { table, target } = rowsFor(task, 4);
      const scaled = {
        ...table,
        numbers: table.numbers.map(({ name, values }, at) => ({
          name,
          values: values.map((v) => v * 2 ** (5 - 4 * at)),
        })),
      };
      const plain = fitDefault(learner, table, target, { seed: 1 }).predict(table);
      expect(fitDefault(learner, scaled, target, { seed: 1 }).predict(scaled)).toEqual(plain);
    });
  },
);

describe("the graph of a fit", () => {
  it.each([
    ["only categories vary", { numbers: 0, categories: 2 }],
    ["only numbers vary", { numbers: 2, categories: 0 }],
  ])("takes all columns where %s", async (_, widths) => {
    const { table, target } = sampleRows({ ...sample, ...widths, seed: 6, classes: 2 });
    const wide: FeatureTable = {
      rowCount: table.rowCount,
      numbers: [...table.numbers, { name: "constant", values: new Float32Array(table.rowCount).fill(3) }],
      categories: [...table.categories, { name: "one", levels: ["x"], codes: new Int32Array(table.rowCount) }],
    };
    const model = fitDefault("random-forest", wide, target, { seed: 1 });
    const { probabilities } = await runGraph(model.toOnnx(), wide);
    expect(Array.from(probabilities)).toEqual([...model.predict(wide)]);
  });
});

describe("class weights", () => {
  const classes = ["a", "b", "c"];
  const target: TrainingTarget = { task: "classification", classes, codes: Int32Array.of(0, 0, 0, 1, 1, 2) };

  it("balance classes as scikit-learn does: n / (k n_c)", () => {
    // compute_sample_weight("balanced", [0, 0, 0, 1, 1, 2])
    const expected = [2 / 3, 2 / 3, 2 / 3, 1, 1, 2];
    const weights = [...(weighClasses(target, "balanced", undefined) ?? [])];
    for (const [row, weight] of weights.entries()) expect(weight).toBeCloseTo(expected[row], 12);
  });

  it("balance the sums of the sample weights, among the classes that occur", () => {
    const two: TrainingTarget = { ...target, codes: Int32Array.of(0, 0, 0, 1, 1, 1) };
    const weights = weighClasses(two, "balanced", Float64Array.of(1, 1, 2, 9, 0, 3)) ?? [];
    expect([...weights]).toEqual([2, 2, 4, 6, 0, 2]);
  });

  it("multiply the sample weights of the classes that are named", () => {
    const own = Float64Array.of(1, 2, 3, 4, 5, 6);
    expect([...(weighClasses(target, { b: 10, c: 0.5 }, own) ?? [])]).toEqual([1, 2, 3, 40, 50, 3]);
    expect(weighClasses(target, undefined, own)).toBe(own);
  });

  it("reach the learner through the fit", () => {
    const { table, target: taught } = sampleRows({ ...sample, seed: 7, classes: 2 });
    const classWeights = { "class 1": 3 };
    const sampleWeights = taught.codes.reduce(
      (all, code, row) => all.fill(code === 1 ? 3 : 1, row, row + 1),
      new Float64Array(240),
    );
    const named = fitDefault("random-forest", table, taught, { seed: 1, classWeights });
    const weighted = fitDefault("random-forest", table, taught, { seed: 1, sampleWeights });
    expect(Buffer.compare(named.toOnnx(), weighted.toOnnx())).toBe(0);
  });

  it.each([
    [{ d: 1 }, target, 'name "d"; the classes are a, b, c'],
    [{ a: -1 }, target, 'the weight of class "a" is -1'],
    ["balanced" as const, { task: "regression" as const, values: Float64Array.of(1) }, "need a label of classes"],
  ])("are refused: %j", (classWeights, wrong, message) => {
    expect(() => weighClasses(wrong, classWeights, undefined)).toThrow(message);
  });
});

// three fits, some of learners of learners: minutes of patience for a machine that does much else
describe("probabilities of a rare class that weighs more", () => {
  const { table, target } = sampleRows({ ...sample, rowCount: 1200, seed: 9, classes: 2 });
  const random = new RandomStream(9, 0);
  // four of five rows of the second class become rows of the first
  const codes = target.codes.map((code) => (code === 1 && random.below(5) === 0 ? 1 : 0));
  const rare = { ...target, codes };
  const share = codes.reduce((sum, code) => sum + code, 0) / codes.length;
  const probabilities = (learner: string, parameters: object, context: Partial<FitContext>) => {
    const trainer = trainerFor(learner);
    const model = fitModel(trainer, table, rare, trainer.parameters.parse(parameters), { seed: 1, ...context });
    return model.predict(table).filter((_, at) => at % 2 === 1);
  };
  const meanOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const nested = { learner: "calibrated", parameters: {} };

  it.each([
    { learner: "calibrated", parameters: {} },
    { learner: "calibrated", parameters: { method: "sigmoid" } },
    { learner: "calibrated", parameters: nested },
    { learner: "soft-voting", parameters: { members: [nested] } },
    { learner: "svm-rbf", parameters: { landmarks: 60 } },
    { learner: "svm-linear", parameters: {} },
    { learner: "svm-exact", parameters: {} },
  ])("are those of the real frequencies where they are calibrated: $learner $parameters", ({ learner, parameters }) => {
    const balanced = probabilities(learner, parameters, { classWeights: "balanced" });
    expect(Math.abs(meanOf(balanced) - share)).toBeLessThan(0.3 * share);
    expect(balanced).not.toEqual(probabilities(learner, parameters, {}));
    // weights of rows are frequencies
    const often = new Float64Array(codes.length).map((_, row) => (codes[row] === 1 ? 4 : 1));
    const weighted = probabilities(learner, parameters, { classWeights: "balanced", sampleWeights: often });
    expect(meanOf(weighted)).toBeGreaterThan(2 * share);
  });

  it("are those of the weighted rows where they are not", () => {
    expect(meanOf(probabilities("random-forest", {}, { classWeights: "balanced" }))).toBeGreaterThan(2.5 * share);
  });
});
