import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateAgreement } from "../../../../tools/evaluate/evaluateAgreement";
import { type ClassOptions, evaluateClasses } from "../../../../tools/evaluate/evaluateClasses";
import { evaluateClusters } from "../../../../tools/evaluate/evaluateClusters";
import { evaluateNumbers } from "../../../../tools/evaluate/evaluateNumbers";
import { type EvaluatedTable, readTable, tableOf } from "../../../../tools/evaluate/readTable";
import { describeReport } from "../../../../tools/evaluate/report";

const rows = [
  ["yes", "yes", "0.9", "1", "4"],
  ["no", "no", "0.2", "1", "1"],
  ["no", "yes", "0.6", "2", "2"],
  ["yes", "yes", "0.7", "2", "3"],
  ["no", "no", "0.1", "3", "1"],
  ["yes", "no", "0.4", "3", "5"],
];
const names = ["truth", "said", "p", "day", "load"];
const table = tableOf(
  rows.length,
  names.map((name, i) => [name, rows.map((row) => row[i])]),
);
const intervals = { samples: 200, confidence: 0.9, seed: 1 };
const classes = (changes: Partial<ClassOptions>): ClassOptions => ({
  ...intervals,
  truth: "truth",
  positive: "yes",
  probabilities: {},
  threshold: 0.5,
  beta: 2,
  ...changes,
});

describe("reading a file of predictions", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "tidegate-evaluate-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = (text: string): Promise<EvaluatedTable> => {
    const file = path.join(folder, "it's a file.csv");
    writeFileSync(file, text);
    return readTable(file);
  };

  it("returns columns in the order of the rows", async () => {
    const found = await read('truth,p\nb,0.5\n"a, c",1e-3\n');
    expect(found.rowCount).toBe(2);
    expect(found.texts("truth")).toEqual(["b", "a, c"]);
    expect(Array.from(found.numbers("p"))).toEqual([0.5, 0.001]);
  });

  it("names the row and column of a cell that is empty or not a number, and a column that does not exist", async () => {
    const found = await read("truth,p\nb,0.5\n,high\n");
    expect(() => found.texts("truth")).toThrow('row 2, column "truth": the cell is empty');
    expect(() => found.numbers("p")).toThrow('row 2, column "p": "high" is not a number');
    expect(() => found.texts("said")).toThrow('there is no column "said"; the file has truth, p');
  });

  it("refuses what it cannot read", async () => {
    await expect(readTable(path.join(folder, "none.csv"))).rejects.toThrow("there is no file");
    await expect(read("truth,p\nb\n")).rejects.toThrow(/row 1/);
  });
});

describe("evaluating classes", () => {
  it("measures decisions from one column and probabilities from another", () => {
    const report = evaluateClasses(table, classes({ prediction: "said", probabilities: { yes: "p" }, blocks: "day" }));
    expect(report.rows).toBe(6);
    expect(report.metrics).toMatchObject({ accuracy: 4 / 6, f1: 2 / 3, rocAuc: 8 / 9, brier: 0.145 });
    expect(Object.keys(report.intervals!).sort()).toEqual(
      ["accuracy", "balancedAccuracy", "brier", "f1", "logLoss", "mcc", "prAuc", "rocAuc"].sort(),
    );
    expect(report.details).toMatchObject({
      classes: ["no", "yes"],
      confusionMatrix: [
        [2, 1],
        [1, 2],
      ],
    });
  });

  it("decides from the probabilities if there is no column of predictions", () => {
    const at = (threshold: number) =>
      evaluateClasses(table, classes({ probabilities: { no: "p" }, threshold })).metrics;
    // p is here the probability of "no", so that 1 - p decides
    expect(at(0.5).accuracy).toBe(2 / 6);
    expect(at(0.05).recall).toBe(1);
  });

  it("reports nothing about probabilities if there are none", () => {
    const { metrics, details } = evaluateClasses(table, classes({ prediction: "said" }));
    expect(metrics).not.toHaveProperty("brier");
    expect(details).not.toHaveProperty("curves");
    expect(metrics["f2 of yes"]).toBeCloseTo(2 / 3, 12);
  });

  it("says which option is missing", () => {
    expect(() => evaluateClasses(table, classes({}))).toThrow("--prediction");
    expect(() => evaluateClasses(table, classes({ prediction: "said", positive: undefined }))).toThrow("no or yes");
    expect(() => evaluateClasses(table, classes({ probabilities: { yes: "load" } }))).toThrow(
      'row 1, column "load": 4 is not a probability',
    );
    expect(() => evaluateClasses(table, classes({ truth: "load", probabilities: { "1": "p" } }))).toThrow(
      "a probability column for each class: 1, 2, 3, 4, 5",
    );
  });
});

describe("evaluating numbers, clusters and agreement", () => {
  it("measures numbers", () => {
    const { metrics, intervals: found } = evaluateNumbers(table, { ...intervals, truth: "day", prediction: "load" });
    expect(metrics).toMatchObject({ mae: 8 / 6, maxError: 3, bias: 4 / 6 });
    expect(Object.keys(found!)).toEqual(["rmse", "mae", "r2"]);
  });

  it("measures clusters against classes and from their points", () => {
    const both = evaluateClusters(table, { truth: "truth", prediction: "said", points: ["p", "load"], seed: 1 });
    expect(both.metrics.purity).toBe(4 / 6);
    expect(both.metrics.silhouette).toBeGreaterThan(0);
    const points = evaluateClusters(table, { prediction: "said", points: ["p"], seed: 1 });
    expect(Object.keys(points.metrics)).toEqual(["silhouette"]);
  });

  it("measures the agreement of labels, of ordered labels and of numbers", () => {
    const agree = (raters: string[], levels: string[] = [], numbers = false) =>
      evaluateAgreement(table, { raters, levels, numbers }).metrics;
    expect(Object.keys(agree(["truth", "said"]))).toEqual(["agreement", "kappa", "krippendorffAlpha"]);
    expect(agree(["truth", "said"]).kappa).toBeCloseTo(1 / 3, 12);
    expect(agree(["truth", "said"], ["no", "yes"]).quadraticKappa).toBeCloseTo(1 / 3, 12);
    expect(Object.keys(agree(["truth", "said", "truth"]))).toContain("kappa of truth and said");
    expect(agree(["day", "day"], [], true)).toEqual({ concordance: 1 });
    expect(() => agree(["truth"])).toThrow("--raters");
    expect(() => agree(["truth", "said"], ["no"])).toThrow('row 1, column "truth": "yes" is not one of the --levels');
  });
});

describe("the report", () => {
  it("shows each metric with its interval, or says that it is undefined", () => {
    const report = {
      rows: 3,
      metrics: { rocAuc: null, brier: 0.123456789 },
      intervals: { brier: { low: 0.1, high: 0.2 } },
    };
    expect(describeReport(report)).toBe("rows    3\nrocAuc  undefined\nbrier   0.123457  [0.1, 0.2]");
  });
});
