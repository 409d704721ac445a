import { describe, expect, it } from "vitest";
import { AppError } from "../../../shared/errors";
import { learnerNames, trainerFor } from "../../../shared/learners/registry";
import type { Task } from "../../../shared/learners/trainer";
import { runGraph } from "./runGraph";
import { sampleRows, sampleValues } from "./sampleRows";

const mixed = { rowCount: 240, numbers: 3, categories: 2, missing: 0.15, steps: 20 };

describe("the trainer registry", () => {
  it("names the learners it knows when it is asked for another", () => {
    const ask = () => trainerFor("oracle");
    expect(ask).toThrow(AppError);
    expect(ask).toThrow(/"oracle".*random-forest.*logistic-regression/);
  });
});

const learnersOf = (task: Task) => learnerNames.filter((learner) => trainerFor(learner).tasks.includes(task));

describe.each(learnersOf("classification"))("the learner %s", (learner) => {
  const trainer = trainerFor(learner);
  const defaults = trainer.parameters.parse({});

  it("accepts no unknown parameter", () => {
    expect(trainer.parameters.safeParse({ depth: 3 }).success).toBe(false);
  });

  it.each([2, 3])("gives the same bytes for the same rows and seed (%i classes)", (classes) => {
    const { table, target } = sampleRows({ ...mixed, classes, seed: 3 });
    const bytes = () => trainer.fit(table, target, defaults, { seed: 2 ** 40 + 1 }).toOnnx();
    expect(Buffer.compare(bytes(), bytes())).toBe(0);
  });

  it("treats weights of one as no weights", () => {
    const { table, target } = sampleRows({ ...mixed, classes: 2, seed: 4 });
    const sampleWeights = new Float64Array(table.rowCount).fill(1);
    const weighted = trainer.fit(table, target, defaults, { seed: 1, sampleWeights });
    expect(Buffer.compare(weighted.toOnnx(), trainer.fit(table, target, defaults, { seed: 1 }).toOnnx())).toBe(0);
  });

  it("does not learn from rows of weight zero", () => {
    const { table, target } = sampleRows({ ...mixed, classes: 2, seed: 5, rowCount: 400 });
    // the second half teaches the opposite
    const codes = target.codes.map((code, row) => (row < 200 ? code : 1 - code));
    const sampleWeights = new Float64Array(400).map((_, row) => (row < 200 ? 1.5 : 0));
    const model = trainer.fit(table, { ...target, codes }, defaults, { seed: 1, sampleWeights });
    const honest = trainer.fit(table, target, defaults, { seed: 1, sampleWeights });
    expect(model.predict(table)).toEqual(honest.predict(table));
  });

  it("leans towards the class that weighs more", () => {
    const { table, target } = sampleRows({ ...mixed, classes: 2, seed: 6 });
    const share = (weight: number) => {
      const sampleWeights = new Float64Array(table.rowCount).map((_, row) => (target.codes[row] === 1 ? weight : 1));
      const probabilities = trainer.fit(table, target, defaults, { seed: 1, sampleWeights }).predict(table);
      return probabilities.reduce((sum, p, at) => sum + (at % 2) * p, 0) / table.rowCount;
    };
    expect(share(0.2)).toBeLessThan(share(1));
    expect(share(1)).toBeLessThan(share(4.7));
  });

  it("separates classes that a line separates", () => {
    const values = new Float32Array(400).map((_, row) => ((row * 37) % 400) / 10);
    const codes = new Int32Array(400).map((_, row) => (values[row] > 23 ? 1 : 0));
    const table = { rowCount: 400, numbers: [{ name: "x", values }], categories: [] };
    const model = trainer.fit(table, { task: "classification" as const, classes: ["low", "high"], codes }, defaults, {
      seed: 1,
    });
    const probabilities = model.predict(table);
    const wrong = codes.filter((code, row) => probabilities[2 * row + code] < 0.5).length;
    expect(wrong).toBeLessThanOrEqual(4);
  });

  it("copes with a constant column, an empty column and a category without values", async () => {
    const { table, target } = sampleRows({ ...mixed, classes: 2, seed: 7 });
    const { rowCount } = table;
    table.numbers.push({ name: "constant", values: new Float32Array(rowCount).fill(1013.25) });
    table.numbers.push({ name: "empty", values: new Float32Array(rowCount).fill(Number.NaN) });
    table.categories.push({ name: "never", levels: [], codes: new Int32Array(rowCount).fill(-1) });
    const model = trainer.fit(table, target, defaults, { seed: 1 });
    const { probabilities } = await runGraph(model.toOnnx(), table);
    expect(probabilities.every((p) => p >= 0 && p <= 1)).toBe(true);
    expect(Array.from(probabilities)).toEqual([...model.predict(table)]);
  });

  it("answers with class shares when no column is informative", () => {
    const numbers = [{ name: "constant", values: new Float32Array(100).fill(3) }];
    const codes = new Int32Array(100).map((_, row) => (row % 4 === 0 ? 1 : 0));
    const table = { rowCount: 100, numbers, categories: [] };
    const model = trainer.fit(table, { task: "classification" as const, classes: ["no", "yes"], codes }, defaults, {
      seed: 1,
    });
    expect(model.predict(table)[1]).toBeCloseTo(0.25, 1);
  });

  it.each([
    ["one class only", { codes: new Int32Array(240) }, 'all 240 training rows have the class "class 0"'],
    ["a label too few", { codes: new Int32Array(239) }, "240 rows but 239 labels"],
    ["a code without class", { codes: new Int32Array(240).fill(7) }, "a label has the code 7"],
    ["too few weights", { sampleWeights: new Float64Array(3) }, "240 rows but 3 sample weights"],
    ["a negative weight", { sampleWeights: new Float64Array(240).fill(-1) }, "the sample weight of row 0 is -1"],
    ["weights without a sum", { sampleWeights: new Float64Array(240).fill(1e308) }, "the sample weights are too large"],
    ["no weight at all", { sampleWeights: new Float64Array(240) }, "there are no training rows"],
  ])("refuses %s with a reason", (_, { codes, sampleWeights }: Fault, message) => {
    const { table, target } = sampleRows({ ...mixed, classes: 2, seed: 8 });
    const wrong = { ...target, codes: codes ?? target.codes };
    const fit = () => trainer.fit(table, wrong, defaults, { seed: 1, sampleWeights });
    expect(fit).toThrow(AppError);
    expect(fit).toThrow(message);
  });

  it("refuses rows without features", () => {
    const fit = () =>
      trainer.fit(
        { rowCount: 2, numbers: [], categories: [] },
        { task: "classification" as const, classes: ["a", "b"], codes: Int32Array.of(0, 1) },
        defaults,
        { seed: 1 },
      );
    expect(fit).toThrow("no features");
  });
});

describe.each(learnersOf("regression"))("the learner %s of numbers", (learner) => {
  const trainer = trainerFor(learner);
  const defaults = trainer.parameters.parse({});

  it("gives the same bytes for the same rows and seed", () => {
    const { table, target } = sampleValues({ ...mixed, seed: 3 });
    const bytes = () => trainer.fit(table, target, defaults, { seed: 2 ** 40 + 1 }).toOnnx();
    expect(Buffer.compare(bytes(), bytes())).toBe(0);
  });

  it("does not learn from rows of weight zero", () => {
    const { table, target } = sampleValues({ ...mixed, seed: 5, rowCount: 400 });
    const values = target.values.map((value, row) => (row < 200 ? value : -value));
    const sampleWeights = new Float64Array(400).map((_, row) => (row < 200 ? 1.5 : 0));
    const predict = (taught: Float64Array) =>
      trainer.fit(table, { ...target, values: taught }, defaults, { seed: 1, sampleWeights }).predict(table);
    expect(predict(values)).toEqual(predict(target.values));
  });

  it("predicts better than the mean", () => {
    const { table, target } = sampleValues({ ...mixed, rowCount: 600, seed: 6 });
    const predictions = trainer.fit(table, target, defaults, { seed: 1 }).predict(table);
    const mean = target.values.reduce((sum, y) => sum + y, 0) / 600;
    const error = (guess: (row: number) => number) =>
      target.values.reduce((sum, y, row) => sum + (y - guess(row)) ** 2, 0);
    expect(error((row) => predictions[row])).toBeLessThan(0.8 * error(() => mean));
  });

  it.each([
    ["one value only", { values: new Float64Array(240).fill(2.5) }, "all 240 training rows have the label 2.5"],
    ["a label too few", { values: new Float64Array(239) }, "240 rows but 239 labels"],
    ["a label that is not a number", { values: new Float64Array(240).fill(Number.NaN) }, "the label of row 0 is NaN"],
    ["a label beyond float32", { values: new Float64Array(240).fill(1e39) }, "the label of row 0 is 1e+39"],
    ["no weight at all", { sampleWeights: new Float64Array(240) }, "there are no training rows"],
  ])("refuses %s with a reason", (_, { values, sampleWeights }: ValueFault, message) => {
    const { table, target } = sampleValues({ ...mixed, seed: 8 });
    const wrong = { ...target, values: values ?? target.values };
    const fit = () => trainer.fit(table, wrong, defaults, { seed: 1, sampleWeights });
    expect(fit).toThrow(AppError);
    expect(fit).toThrow(message);
  });
});

interface ValueFault {
  values?: Float64Array;
  sampleWeights?: Float64Array;
}

interface Fault {
  codes?: Int32Array;
  sampleWeights?: Float64Array;
}
