import { describe, expect, it } from "vitest";
import { pairedBootstrap } from "../../../shared/evaluation/pairedBootstrap";
import { seededRandom } from "../../../shared/random";

const rows = 600;
const random = seededRandom(3);
const truth = Float64Array.from({ length: rows }, () => random());
const target = Int32Array.from(truth, (p) => (random() < p ? 1 : 0));
const output = (p: (row: number) => number) => ({
  classes: ["no", "yes"],
  positiveIndex: 1,
  target,
  probabilities: Float64Array.from({ length: rows * 2 }, (_, i) => (i % 2 ? p(i >> 1) : 1 - p(i >> 1))),
});
const good = output((row) => truth[row]);
const poor = output(() => 0.5);
const settings = {
  blocks: Int32Array.from({ length: rows }, (_, row) => row),
  seed: 1,
  samples: 1000,
  confidence: 0.95,
};

describe("the paired bootstrap", () => {
  it("excludes zero where one model is clearly better, for sums over rows and for areas alike", () => {
    for (const metric of ["brier", "logLoss"] as const)
      expect(pairedBootstrap(metric, good, poor, settings).high).toBeLessThan(0);
    for (const metric of ["rocAuc", "mcc", "accuracy"] as const)
      expect(pairedBootstrap(metric, good, poor, settings).low).toBeGreaterThan(0);
  });

  it("is zero for equal models", () => {
    expect(pairedBootstrap("brier", good, good, settings)).toMatchObject({ difference: 0, low: 0, high: 0 });
  });

  it("repeats itself for the same seed", () => {
    expect(pairedBootstrap("brier", good, poor, settings)).toEqual(pairedBootstrap("brier", good, poor, settings));
  });

  it("agrees with the normal interval of a mean difference over independent rows", () => {
    const { difference, low, high } = pairedBootstrap("brier", good, poor, { ...settings, samples: 4000 });
    const byRow = Array.from(target, (y, row) => (truth[row] - y) ** 2 - (0.5 - y) ** 2);
    const mean = byRow.reduce((sum, value) => sum + value, 0) / rows;
    const deviation = Math.sqrt(byRow.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows);
    const halfWidth = (1.959964 * deviation) / Math.sqrt(rows);
    expect(difference).toBeCloseTo(mean, 12);
    expect(Math.abs(low - (mean - halfWidth))).toBeLessThan(0.1 * halfWidth);
    expect(Math.abs(high - (mean + halfWidth))).toBeLessThan(0.1 * halfWidth);
  });

  it("is wider when rows hang together in blocks", () => {
    const steps = Float64Array.from({ length: rows }, (_, row) => (Math.floor(row / 20) % 2 ? 0.9 : 0.1));
    const blocky = output((row) => steps[row]);
    const wide = pairedBootstrap("brier", blocky, poor, {
      ...settings,
      blocks: settings.blocks.map((row) => Math.floor(row / 20)),
    });
    const narrow = pairedBootstrap("brier", blocky, poor, settings);
    expect(wide.blocks).toBe(30);
    expect(wide.difference).toBe(narrow.difference);
  });
});
