import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../../../shared/math/seededRandom";
import type { UsecaseSpec } from "../../../../shared/usecase/usecaseSpec";
import { evaluateLearners } from "../../../../tools/evaluate/evaluateLearners";
import { csv, fruitSpec } from "../../data/inSession";

const random = seededRandom(9);
const kinds = ["apple", "pear", "plum"];
const rows = Array.from({ length: 400 }, () => {
  const weight = random() * 3;
  // a third of the labels is drawn blindly
  const kind = random() < 0.33 ? Math.floor(random() * 3) : Math.floor(weight);
  return `${weight},${random()},s,${kinds[kind]}`;
});
const trees = (minLeafRows: number[]) => ({
  candidates: [{ learner: "random-forest", grid: { trees: [3], maxDepth: [12], minLeafRows } }],
});

describe("bias and variance of a use case's trials", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "tidegate-learners-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const evaluate = async (spec: UsecaseSpec) => {
    const file = path.join(folder, "fruit.csv");
    writeFileSync(file, csv(rows, "Weight,Sugar,Skin,Kind"));
    const names: string[] = [];
    const report = await evaluateLearners(file, spec, { fits: 8, onTrial: (name) => names.push(name) });
    const of = (trial: number, part: string) => report.metrics[`${names[trial]}: ${part}`] as number;
    return { report, names, of };
  };

  it("add up to the loss, which is the error rate for three classes", async () => {
    const { report, names, of } = await evaluate(fruitSpec(trees([1, 20])));
    expect(names).toHaveLength(2);
    expect(report.rows).toBeGreaterThan(100);
    for (const trial of [0, 1]) {
      expect(of(trial, "bias") + of(trial, "variance")).toBeCloseTo(of(trial, "loss"), 12);
      // a blind third makes 2/9 of the decisions wrong
      expect(Math.abs(of(trial, "loss") - 0.3)).toBeLessThan(0.15);
    }
  });

  it("are those of the Brier score for two classes; larger leaves have less variance", async () => {
    const label = { column: "Kind", mapping: { apple: "apple", pear: "other", plum: "other" }, positive: "other" };
    const { of } = await evaluate(fruitSpec({ ...trees([1, 20]), label }));
    expect(of(0, "loss")).toBeLessThan(0.25);
    expect(of(1, "variance")).toBeGreaterThan(0);
    expect(of(1, "variance")).toBeLessThan(of(0, "variance"));
  });

  it("are those of the squared error for numbers", async () => {
    const number = {
      ...trees([5]),
      label: { column: "Sugar" },
      features: ["Weight"],
      selection: { metric: "rmse" },
      baselines: ["mean"],
    };
    const { of } = await evaluate(fruitSpec(number));
    // Sugar is uniform noise: nothing beats its variance, 1/12
    expect(of(0, "loss")).toBeGreaterThan(1 / 14);
    expect(of(0, "bias") + of(0, "variance")).toBeCloseTo(of(0, "loss"), 12);
  });
});
