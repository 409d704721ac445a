import { describe, expect, it } from "vitest";
import { checkResult } from "../../../shared/data/checkResult";
import type { MetricDifference } from "../../../shared/registry/modelVersion";
import { type GateEvidence, judge } from "../../../shared/training/gate";

const gates = { minHoldoutRows: 50, confidence: 0.95, bootstrapSamples: 2000 };
const against = (name: string, difference: number, low: number, high: number) => ({
  against: name,
  difference,
  low,
  high,
  confidence: 0.95,
});
const evaluation = {
  metrics: { brier: 0.04 },
  baselines: { majority: { brier: 0.06 }, persistence: { brier: 0.043 } },
  differences: [against("majority", -0.02, -0.03, -0.01), against("persistence", -0.003, -0.007, 0.001)],
};
const evidence: GateEvidence = { metric: "brier", evaluation, holdoutRows: 1000, checks: [], withdrawnData: [] };
const withValue = (brier: number) => ({ ...evidence, evaluation: { ...evaluation, metrics: { brier } } });
/** The same with a difference to a champion, of version 1. */
const withChampion = (difference: MetricDifference) => ({
  ...evidence,
  evaluation: { ...evaluation, differences: [...evaluation.differences, difference] },
  champion: { version: 1 },
});

describe("the gate", () => {
  it("promotes a first version that beats every baseline and says whether the interval excludes zero", () => {
    const verdict = judge(evidence, gates);
    expect(verdict.decision).toBe("promoted");
    expect(verdict.reasons.join("\n")).toMatch(/persistence.*includes zero/);
    expect(verdict.reasons.join("\n")).toMatch(/majority.*excludes zero/);
  });

  it("refuses a version that one baseline beats", () => {
    const verdict = judge(withValue(0.05), gates);
    expect(verdict.decision).toBe("refused");
    expect(verdict.reasons[0]).toMatch(/does not beat the persistence baseline/);
  });

  it("refuses a version that only equals a baseline", () => {
    expect(judge(withValue(0.043), gates).decision).toBe("refused");
  });

  it("replaces a champion only when the interval of the difference excludes zero", () => {
    const unsure = against("champion", -0.001, -0.003, 0.0002);
    const sure = against("champion", -0.001, -0.003, -0.0002);
    expect(judge(withChampion(unsure), gates).decision).toBe("refused");
    expect(judge(withChampion(sure), gates).decision).toBe("promoted");
  });

  it("refuses a version that is surely worse than the champion", () => {
    const verdict = judge(withChampion(against("champion", 0.002, 0.001, 0.003)), gates);
    expect(verdict.decision).toBe("refused");
    expect(verdict.reasons[0]).toMatch(/^is worse than the champion/);
  });

  it("reads the direction off the metric", () => {
    const rocAuc: GateEvidence = {
      ...evidence,
      metric: "rocAuc",
      evaluation: {
        metrics: { rocAuc: 0.8 },
        baselines: { majority: { rocAuc: 0.5 } },
        differences: [against("champion", 0.02, 0.01, 0.03)],
      },
      champion: { version: 1 },
    };
    expect(judge(rocAuc, gates).decision).toBe("promoted");
  });

  it("refuses when the champion cannot be compared, instead of replacing it unseen", () => {
    const verdict = judge({ ...evidence, champion: { version: 3 } }, gates);
    expect(verdict.decision).toBe("refused");
    expect(verdict.reasons[0]).toMatch(/cannot be compared with the champion, version 3/);
  });

  it("refuses a hold-out that is too small and a value beyond the threshold", () => {
    expect(judge({ ...evidence, holdoutRows: 20 }, gates).reasons[0]).toMatch(/20 rows/);
    expect(judge(evidence, { ...gates, threshold: 0.03 }).reasons[0]).toMatch(/threshold/);
  });

  it("refuses what a blocking check failed on, or a model that learned from withdrawn data, and says that first", () => {
    const kind = "post-train" as const;
    const checks = [
      checkResult({ name: "steady", kind, severity: "warn", ok: false, summary: "it is not" }),
      checkResult({ name: "direction: Humidity", kind, severity: "block", ok: false, summary: "it goes down" }),
    ];
    const verdict = judge({ ...evidence, checks, withdrawnData: ["dataset version 2 was withdrawn"] }, gates);
    expect(verdict.decision).toBe("refused");
    expect(verdict.reasons.slice(0, 2)).toEqual([
      "dataset version 2 was withdrawn",
      'check "direction: Humidity": it goes down',
    ]);
    expect(verdict.reasons).toHaveLength(4);
  });

  it("leaves a champion where a person has pinned it, and names the person", () => {
    const sure = withChampion(against("champion", -0.001, -0.003, -0.0002));
    const pin = { by: "Ada", since: "2024-01-01T00:00:00.000Z", reason: "a season's audit" };
    const verdict = judge({ ...sure, champion: { version: 1, pin } }, gates);
    expect(verdict.decision).toBe("refused");
    expect(verdict.reasons[0]).toMatch(/pinned at version 1 by Ada/);
  });

  it("shows figures of any size as they are", () => {
    const rmse = (value: number, baseline: number) =>
      judge(
        {
          ...evidence,
          metric: "rmse",
          evaluation: {
            metrics: { rmse: value },
            baselines: { mean: { rmse: baseline } },
            differences: [{ ...against("mean", value - baseline, -1.006e30, -5e-10), confidence: 0.995 }],
          },
        },
        gates,
      ).reasons.join("\n");
    expect(rmse(1000, 2340.4)).toContain("RMSE 1000 against 2340; difference -1340");
    expect(rmse(1000, 2340.4)).toContain("99.5 % interval [-1.006e+30, -5e-10] excludes zero");
    expect(rmse(2340.4, 1000)).toContain("the RMSE of 2340 does not beat the mean baseline's 1000");
  });

  it("keeps the champion where the hold-out is one block, which gives no interval", () => {
    const unknown = { ...against("champion", -0.02, 0, 0), low: Number.NaN, high: Number.NaN };
    const verdict = judge(withChampion(unknown), gates);
    expect(verdict.decision).toBe("refused");
    expect(verdict.reasons[0]).toContain("for which one block of rows gives no interval");
  });
});
