import { describe, expect, it } from "vitest";
import { judge } from "../../../shared/training/gate";

const gates = { minHoldoutRows: 50, confidence: 0.95, bootstrapSamples: 2000 };
const against = (name: string, difference: number, low: number, high: number) => ({
  against: name,
  difference,
  low,
  high,
  confidence: 0.95,
});
const evidence = {
  metric: "brier" as const,
  value: 0.04,
  baselines: { majority: 0.06, persistence: 0.043 },
  differences: [against("majority", -0.02, -0.03, -0.01), against("persistence", -0.003, -0.007, 0.001)],
  failedChecks: [],
  holdoutRows: 1000,
};

describe("the gate", () => {
  it("promotes a first version that beats every baseline and tells whether the interval excludes zero", () => {
    const verdict = judge(evidence, gates);
    expect(verdict.decision).toBe("promoted");
    expect(verdict.reasons.join("\n")).toMatch(/persistence.*includes zero/);
    expect(verdict.reasons.join("\n")).toMatch(/majority.*excludes zero/);
  });

  it("refuses a version that one baseline beats", () => {
    const verdict = judge({ ...evidence, value: 0.05 }, gates);
    expect(verdict.decision).toBe("refused");
    expect(verdict.reasons[0]).toMatch(/does not beat the persistence baseline/);
  });

  it("refuses a version that only equals a baseline", () => {
    expect(judge({ ...evidence, value: 0.043 }, gates).decision).toBe("refused");
  });

  it("replaces a champion only when the interval of the difference excludes zero", () => {
    const unsure = [...evidence.differences, against("champion", -0.001, -0.003, 0.0002)];
    const sure = [...evidence.differences, against("champion", -0.001, -0.003, -0.0002)];
    expect(judge({ ...evidence, differences: unsure, champion: 1 }, gates).decision).toBe("refused");
    expect(judge({ ...evidence, differences: sure, champion: 1 }, gates).decision).toBe("promoted");
  });

  it("refuses a version that is surely worse than the champion", () => {
    const worse = [...evidence.differences, against("champion", 0.002, 0.001, 0.003)];
    expect(judge({ ...evidence, differences: worse, champion: 1 }, gates).decision).toBe("refused");
  });

  it("reads the direction off the metric", () => {
    const better = [against("champion", 0.02, 0.01, 0.03)];
    const rocAuc = {
      metric: "rocAuc" as const,
      value: 0.8,
      baselines: { majority: 0.5 },
      differences: better,
      failedChecks: [],
      holdoutRows: 100,
    };
    expect(judge({ ...rocAuc, champion: 1 }, gates).decision).toBe("promoted");
  });

  it("refuses when the champion cannot be compared, instead of replacing it unseen", () => {
    const verdict = judge({ ...evidence, champion: 3 }, gates);
    expect(verdict.decision).toBe("refused");
    expect(verdict.reasons[0]).toMatch(/cannot be compared with the champion, version 3/);
  });

  it("refuses a hold-out that is too small and a value beyond the threshold", () => {
    expect(judge({ ...evidence, holdoutRows: 20 }, gates).reasons[0]).toMatch(/20 rows/);
    expect(judge(evidence, { ...gates, threshold: 0.03 }).reasons[0]).toMatch(/threshold/);
  });

  it("refuses what a blocking check failed on, and says that first", () => {
    const verdict = judge({ ...evidence, failedChecks: ['check "direction: Humidity": it goes down'] }, gates);
    expect(verdict.decision).toBe("refused");
    expect(verdict.reasons[0]).toBe('check "direction: Humidity": it goes down');
  });

  it("shows figures of any size as they are", () => {
    const rmse = (value: number, baseline: number) =>
      judge(
        {
          ...evidence,
          metric: "rmse",
          value,
          baselines: { mean: baseline },
          differences: [{ ...against("mean", value - baseline, -1.006e30, -5e-10), confidence: 0.995 }],
        },
        gates,
      ).reasons.join("\n");
    expect(rmse(1000, 2340.4)).toContain("RMSE 1000 against 2340; difference -1340");
    expect(rmse(1000, 2340.4)).toContain("99.5 % interval [-1.006e+30, -5e-10] excludes zero");
    expect(rmse(2340.4, 1000)).toContain("the RMSE of 2340 does not beat the mean baseline's 1000");
  });

  it("replaces no champion where the hold-out is one block and no interval can be told", () => {
    const unknown = { ...against("champion", -0.02, 0, 0), low: Number.NaN, high: Number.NaN };
    const verdict = judge({ ...evidence, differences: [...evidence.differences, unknown], champion: 1 }, gates);
    expect(verdict.decision).toBe("refused");
    expect(verdict.reasons[0]).toContain("whose interval one block of rows cannot tell");
  });
});
