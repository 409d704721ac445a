import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitIsotonic, isotonicAt } from "../../../../shared/learners/calibration/isotonicCurve";
import { trainerFor } from "../../../../shared/learners/registry";
import { calibrationFolds } from "../../../../shared/learners/rows/calibrationFolds";
import { poolAdjacent } from "../../../../shared/math/poolAdjacent";
import golden from "../../../vectors/calibration.json";
import { runGraph } from "../runGraph";
import { sampleRows } from "../sampleRows";

const calibrated = trainerFor("calibrated");
const ones = (length: number) => new Float64Array(length).fill(1);

describe("pooling adjacent violators", () => {
  it("gives scikit-learn's isotonic regression, with weights and without", () => {
    for (const { values, weights, fitted } of golden.pooling) {
      const ours = poolAdjacent(Float64Array.from(values), weights ? Float64Array.from(weights) : ones(values.length));
      for (const [at, value] of ours.entries()) expect(value).toBeCloseTo(fitted[at], 12);
    }
  });
});

describe("the isotonic curve", () => {
  const row = fc.record({ score: fc.nat(40), positive: fc.nat(1), weight: fc.integer({ min: 1, max: 4 }) });

  it("never falls, stays within 0 and 1 and never rises by more than eight times the score", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 80 }), (rows) => {
        const curve = fitIsotonic(
          Float64Array.from(rows, ({ score }) => score / 40),
          Uint8Array.from(rows, ({ positive }) => positive),
          Float64Array.from(rows, ({ weight }) => weight),
        );
        let before = isotonicAt(curve, -0.5);
        for (let score = -0.5; score <= 1.5; score += 1 / 256) {
          const value = isotonicAt(curve, score);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
          expect(value - before).toBeGreaterThanOrEqual(-1e-12);
          expect(value - before).toBeLessThanOrEqual(8 / 256 + 1e-9);
          before = value;
        }
      }),
    );
  });

  it("says what share was positive where the scores were far apart", () => {
    const scores = new Float64Array(300).map((_, at) => [0.1, 0.5, 0.9][at % 3]);
    const positive = Uint8Array.from(scores, (_, at) => (at % 3 === 1 ? at % 2 : at % 3 === 2 ? 1 : 0));
    const curve = fitIsotonic(scores, positive, ones(300));
    expect([0.1, 0.5, 0.9, 0.3].map((score) => isotonicAt(curve, score))).toEqual([
      0,
      expect.closeTo(0.5, 12),
      1,
      expect.closeTo(0.25, 12),
    ]);
  });
});

describe("calibration folds", () => {
  const codes = new Int32Array(90).map((_, row) => (row % 9 === 0 ? 1 : 0));

  it("hold the same share of each class where rows have no time", () => {
    const folds = calibrationFolds({ codes }, 3, 1);
    for (const fold of [0, 1, 2]) {
      const rows = [...folds.keys()].filter((row) => folds[row] === fold);
      expect(rows).toHaveLength(30);
      expect(Math.abs(rows.filter((row) => codes[row] === 1).length - 10 / 3)).toBeLessThan(1);
    }
    expect(calibrationFolds({ codes }, 3, 2)).not.toEqual(folds);
  });

  it("follow each other in time where rows have one, rows of one time together", () => {
    const times = new Float64Array(90).map((_, row) => 1000 * Math.floor(((row * 37) % 90) / 4));
    const folds = calibrationFolds({ codes, times }, 3, 1);
    const spans = [0, 1, 2].map((fold) => times.filter((_, row) => folds[row] === fold));
    expect(spans.map(({ length }) => length > 20)).toEqual([true, true, true]);
    expect(Math.max(...spans[0])).toBeLessThan(Math.min(...spans[1]));
    expect(Math.max(...spans[1])).toBeLessThan(Math.min(...spans[2]));
  });

  it("leave out rows of weight 0", () => {
    const sampleWeights = new Float64Array(90).map((_, row) => row % 2);
    const folds = calibrationFolds({ codes, sampleWeights }, 3, 1);
    expect(folds.every((fold, row) => fold >= 0 === (row % 2 === 1))).toBe(true);
  });
});

describe("a calibrated learner", () => {
  const sample = { rowCount: 1500, numbers: 4, categories: 1, missing: 0.1 };
  const brier = (probabilities: Float64Array, codes: Int32Array) =>
    codes.reduce((sum, code, row) => sum + (probabilities[2 * row + 1] - code) ** 2, 0) / codes.length;

  it.each(["isotonic", "sigmoid"])("mends probabilities that are too sure of themselves (%s)", (method) => {
    const train = sampleRows({ ...sample, classes: 2, seed: 1 });
    const test = sampleRows({ ...sample, classes: 2, seed: 2 });
    // one deep tree says 0 or 1 of every row
    const sure = { trees: 1, maxDepth: 30, minLeafRows: 1 };
    const base = trainerFor("random-forest");
    const plain = base.fit(train.table, train.target, base.parameters.parse(sure), { seed: 1 });
    const parameters = calibrated.parameters.parse({ learner: "random-forest", parameters: sure, method });
    const mended = calibrated.fit(train.table, train.target, parameters, { seed: 1 });
    const before = brier(plain.predict(test.table), test.target.codes);
    expect(brier(mended.predict(test.table), test.target.codes)).toBeLessThan(0.8 * before);
  });

  it("gives scikit-learn's probabilities: the sigmoid is fitted to the log odds of a linear model", async () => {
    const { columns, positive, probabilities } = golden.classifier;
    const table = {
      rowCount: positive.length,
      numbers: columns.map((values, k) => ({ name: `x${k}`, values: Float32Array.from(values) })),
      categories: [],
    };
    const target = { task: "classification" as const, classes: ["no", "yes"], codes: Int32Array.from(positive) };
    const parameters = calibrated.parameters.parse({
      learner: "logistic-regression",
      parameters: { tolerance: 1e-10 },
      method: "sigmoid",
    });
    // folds that follow each other are KFold's
    const times = Float64Array.from(positive.keys());
    const model = calibrated.fit(table, target, parameters, { seed: 1, times });
    const ours = model.predict(table).filter((_, at) => at % 2 === 1);
    const gaps = ours.map((value, row) => Math.abs(value - probabilities[row]));
    // what is added to either side of the odds
    expect(Math.max(...gaps)).toBeLessThan(1e-3);
    const graph = await runGraph(model.toOnnx(), table);
    expect(ours.every((value, row) => Math.abs(value - graph.probabilities[2 * row + 1]) < 1e-7)).toBe(true);
  });

  it("gives probabilities of three classes that sum to 1, the graph's own", async () => {
    const { table, target } = sampleRows({ ...sample, classes: 3, seed: 3 });
    const model = calibrated.fit(table, target, calibrated.parameters.parse({ method: "sigmoid" }), { seed: 1 });
    const ours = model.predict(table);
    const { probabilities } = await runGraph(model.toOnnx(), table);
    for (let row = 0; row < table.rowCount; row++) {
      const sum = ours[3 * row] + ours[3 * row + 1] + ours[3 * row + 2];
      expect(sum).toBeCloseTo(1, 6);
    }
    expect(ours.every((value, at) => Math.abs(value - probabilities[at]) < 1e-7)).toBe(true);
  });

  it("reports its progress through all fits up to the whole, and names the fold whose removal leaves nothing to learn from", () => {
    const { table, target } = sampleRows({ ...sample, rowCount: 90, classes: 2, seed: 4 });
    const fractions: number[] = [];
    const parameters = calibrated.parameters.parse({ parameters: { trees: 1 }, folds: 3 });
    calibrated.fit(table, target, parameters, { seed: 1, onProgress: (fraction) => fractions.push(fraction) });
    expect(fractions.map((fraction) => fraction.toFixed(12))).toEqual(
      [0.25, 0.5, 0.75, 1].map((part) => part.toFixed(12)),
    );
    const codes = new Int32Array(90).map((_, row) => (row < 20 ? 1 : 0));
    const times = Float64Array.from(codes.keys());
    const fit = () => calibrated.fit(table, { ...target, codes }, parameters, { seed: 1, times });
    expect(fit).toThrow('without fold 1 of 3: all 60 training rows have the class "class 0"');
  });

  it("fills in the inner learner's defaults and says which inner parameter is wrong", () => {
    expect(calibrated.parameters.parse({ learner: "logistic-regression", parameters: { l2: 3 } })).toMatchObject({
      learner: "logistic-regression",
      parameters: { l2: 3, tolerance: 1e-6 },
      folds: 3,
    });
    const wrong = calibrated.parameters.safeParse({ parameters: { trees: 0 } });
    expect(wrong.error?.issues.map(({ path }) => path.join("."))).toEqual(["parameters.trees"]);
    const unknown = calibrated.parameters.safeParse({ learner: "oracle" });
    expect(unknown.error?.issues[0]).toMatchObject({ path: ["learner"], message: expect.stringContaining("oracle") });
  });
});
