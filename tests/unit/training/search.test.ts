import { describe, expect, it } from "vitest";
import { planTrials } from "../../../shared/training/planTrials";
import { planRungs, shareOfRows, trialsOfRung } from "../../../shared/training/rungs";
import type { TrialResult } from "../../../shared/training/runRecord";
import { selectTrial } from "../../../shared/training/selectTrial";
import { parseUsecase } from "../../../shared/usecase/parseUsecase";
import { shippedSpec } from "../../support/loop";

const specWith = (change: object) =>
  parseUsecase(JSON.stringify({ ...shippedSpec("coffee-grade"), ...change }), "a test's spec");
const forest = { learner: "random-forest", grid: { maxDepth: [2, 4, 8], minLeafRows: [1, 5] } };
const logistic = { learner: "logistic-regression", grid: { l2: { from: 0.001, to: 100, scale: "log" } } };

const result = (index: number, foldScores: (number | null)[], more: Partial<TrialResult> = {}): TrialResult => {
  const known = foldScores.filter((score) => score !== null);
  const mean = known.reduce((sum, score) => sum + score, 0) / known.length;
  const trial = { index, learner: "any", parameters: {}, rung: 0, metric: "logLoss" };
  return { ...trial, foldScores, mean, standardError: 0, modelBytes: 1000, seconds: 1, ...more };
};

describe("the trials of a search", () => {
  it("are every combination of every candidate for a grid", () => {
    const trials = planTrials(
      specWith({ candidates: [forest, { learner: "logistic-regression", grid: { l2: [1] } }] }),
    );
    expect(trials.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(trials[3].parameters).toMatchObject({ maxDepth: 4, minLeafRows: 5 });
    expect(trials[6].learner).toBe("logistic-regression");
  });

  it("are drawn without repeats by turns, from lists and from ranges, the same ones for a seed", () => {
    const spec = (seed: number) =>
      specWith({ candidates: [forest, logistic], search: { kind: "random", trials: 10 }, seed });
    const trials = planTrials(spec(1));
    expect(trials).toHaveLength(10);
    expect(new Set(trials.map((trial) => JSON.stringify(trial.parameters))).size).toBe(10);
    expect(new Set(trials.map(({ learner }) => learner))).toEqual(new Set(["random-forest", "logistic-regression"]));
    for (const { learner, parameters } of trials)
      if (learner === "logistic-regression") {
        expect(parameters.l2).toBeGreaterThanOrEqual(0.001);
        expect(parameters.l2).toBeLessThanOrEqual(100);
      }
    expect(planTrials(spec(1))).toEqual(trials);
    expect(planTrials(spec(2))).not.toEqual(trials);
  });

  it("are as many as there are combinations where more are asked for", () => {
    expect(planTrials(specWith({ candidates: [forest], search: { kind: "random", trials: 50 } }))).toHaveLength(6);
  });

  it("need a learner for the task, and known parameters in range", () => {
    const number = {
      label: { column: "Density_g_per_l" },
      features: ["Process"],
      selection: { metric: "rmse" },
      baselines: ["mean"],
      example: { Process: null },
    };
    expect(() => planTrials(specWith({ ...number, candidates: [{ learner: "logistic-regression" }] }))).toThrow(
      /not for regression; use one of .*ridge-regression/,
    );
    expect(() => planTrials(specWith({ candidates: [{ learner: "random-forest", grid: { trees: [0] } }] }))).toThrow(
      "candidate random-forest",
    );
    expect(() => planTrials(specWith({ candidates: [{ learner: "oracle" }] }))).toThrow('unknown learner "oracle"');
  });
});

describe("successive halving", () => {
  const search = { ...specWith({}).search, kind: "halving" as const, eta: 3 };

  it("starts all trials on few rows and ends with few trials on all rows", () => {
    expect(planRungs(search, 27, 100_000)).toEqual([
      { share: 1 / 27, trials: 27 },
      { share: 1 / 9, trials: 9 },
      { share: 1 / 3, trials: 3 },
      { share: 1, trials: 1 },
    ]);
  });

  it("has fewer rungs where rows are few, and one for the other searches", () => {
    expect(planRungs(search, 27, 700)).toEqual([
      { share: 1 / 3, trials: 27 },
      { share: 1, trials: 9 },
    ]);
    expect(planRungs(search, 27, 300)).toEqual([{ share: 1, trials: 27 }]);
    expect(planRungs({ ...search, kind: "grid" }, 27, 100_000)).toEqual([{ share: 1, trials: 27 }]);
  });

  it("lets the best go on, in their order, and none that failed", () => {
    const trials = [0, 1, 2, 3, 4, 5].map((index) => ({ index, learner: "any", parameters: {} }));
    const scores = [0.5, 0.1, 0.4, 0.2, 0.3, 0.0];
    const before = scores.map((score, index) => result(index, [score], index === 5 ? { failure: "too slow" } : {}));
    const rungs = [
      { share: 1 / 3, trials: 6 },
      { share: 1, trials: 2 },
    ];
    expect(trialsOfRung(1, rungs, trials, before, "logLoss").map(({ index }) => index)).toEqual([1, 3]);
    expect(trialsOfRung(1, rungs, trials, before, "accuracy").map(({ index }) => index)).toEqual([0, 2]);
  });

  it("takes rows from the whole span", () => {
    const rows = Int32Array.from({ length: 10 }, (_, i) => 100 + i);
    expect([...shareOfRows(rows, 0.3)]).toEqual([100, 103, 106]);
    expect(shareOfRows(rows, 1)).toBe(rows);
  });
});

/** the rule of one standard error whatever it costs */
const full = { oneStandardError: true, oneStandardErrorCost: Number.POSITIVE_INFINITY };

describe("selection", () => {
  it("takes the smallest model within one standard error of the difference to the best", () => {
    const best = result(0, [0.3, 0.4, 0.5], { modelBytes: 9000 });
    const alike = result(1, [0.31, 0.39, 0.506], { modelBytes: 500 });
    const worse = result(2, [0.31, 0.41, 0.51], { modelBytes: 100 });
    const other = result(3, [0.31, 0.39, 0.506], { modelBytes: 10, learner: "another" });
    expect(selectTrial([best, alike, worse, other], "logLoss", full)).toBe(alike);
    expect(selectTrial([best, alike, worse], "logLoss", { ...full, oneStandardError: false })).toBe(best);
  });

  it("leaves out trials without a score and folds on which one has none", () => {
    const failed = result(0, [], { failure: "a fit took too long", mean: 0 });
    const best = result(1, [0.3, null, 0.5]);
    expect(selectTrial([failed, best, result(2, [0.4, 0.5, 0.6])], "logLoss", full)).toBe(best);
    expect(selectTrial([failed], "logLoss", full)).toBeUndefined();
  });

  it("takes no smaller model that costs more than half a percent of the metric, however uncertain", () => {
    const best = result(0, [0.02, 0.03, 0.0508], { modelBytes: 9000 });
    const costly = result(1, [0.0265, 0.0345, 0.0467], { modelBytes: 500 });
    const cheap = result(2, [0.0202, 0.0299, 0.0508], { modelBytes: 4000 });
    const { oneStandardErrorCost } = specWith({}).search;
    expect(oneStandardErrorCost).toBe(0.005);
    const rule = { oneStandardError: true, oneStandardErrorCost };
    expect(selectTrial([best, costly, cheap], "brier", full)).toBe(costly);
    expect(selectTrial([best, costly, cheap], "brier", rule)).toBe(cheap);
  });
});
