import { describe, expect, it } from "vitest";
import { affordableSamples } from "../../../shared/evaluation/bootstrapDraws";
import { classificationMetrics } from "../../../shared/evaluation/classificationMetrics";
import { bootstrapInterval, pairedBootstrap } from "../../../shared/evaluation/pairedBootstrap";
import { selectionMetricValue } from "../../../shared/evaluation/selectionMetric";
import { weightedMetric } from "../../../shared/evaluation/weightedMetric";
import { seededRandom } from "../../../shared/math/seededRandom";

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

  it("is wider when rows are correlated within blocks", () => {
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

const numbers = (error: number) => {
  const noise = seededRandom(5);
  const values = truth.map((value) => 10 * value);
  return { target: values, predictions: values.map((value) => value + error * (noise() - 0.5)) };
};

describe("an output's own interval", () => {
  it("holds the metric's value, and is narrower with more rows", () => {
    const few = { ...good, target: target.slice(0, 100), probabilities: good.probabilities.slice(0, 200) };
    for (const metric of ["brier", "rocAuc", "prAuc", "f1", "mcc", "balancedAccuracy"] as const) {
      const all = bootstrapInterval(metric, good, settings);
      const part = bootstrapInterval(metric, few, { ...settings, blocks: settings.blocks.slice(0, 100) });
      expect(all.value, metric).toBe(selectionMetricValue(metric, good));
      expect(all.low, metric).toBeLessThan(all.value);
      expect(all.high, metric).toBeGreaterThan(all.value);
      expect(all.high - all.low, metric).toBeLessThan(part.high - part.low);
    }
  });

  it("agrees with the normal interval of a mean squared error", () => {
    const output = numbers(4);
    const { low, high } = bootstrapInterval("rmse", output, { ...settings, samples: 4000 });
    const squares = Array.from(output.predictions, (value, row) => (value - output.target[row]) ** 2);
    const mean = squares.reduce((sum, value) => sum + value, 0) / rows;
    const deviation = Math.sqrt(squares.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows);
    const halfWidth = (1.959964 * deviation) / Math.sqrt(rows);
    expect(Math.abs(low ** 2 - (mean - halfWidth))).toBeLessThan(0.1 * halfWidth);
    expect(Math.abs(high ** 2 - (mean + halfWidth))).toBeLessThan(0.1 * halfWidth);
  });

  it("leaves out draws without a class, and has none where all lack one", () => {
    const rare = { ...good, target: new Int32Array(rows) };
    rare.target[0] = 1;
    const { samples, low } = bootstrapInterval("rocAuc", rare, settings);
    expect(samples).toBeGreaterThan(500);
    expect(samples).toBeLessThan(750);
    expect(low).not.toBeNaN();
    const absent = bootstrapInterval("rocAuc", { ...good, target: new Int32Array(rows) }, settings);
    expect(absent).toMatchObject({ value: Number.NaN, low: Number.NaN, high: Number.NaN, samples: 0 });
  });

  it("cannot be given for one block, alone or for a difference", () => {
    const one = { ...good, target: target.slice(0, 1), probabilities: good.probabilities.slice(0, 2) };
    const { value, low, high } = bootstrapInterval("brier", one, { ...settings, blocks: Int32Array.of(7) });
    expect(value).toBe(selectionMetricValue("brier", one));
    expect([low, high]).toEqual([Number.NaN, Number.NaN]);
    const group = { ...settings, blocks: new Int32Array(rows).fill(3) };
    expect(pairedBootstrap("brier", good, poor, group)).toMatchObject({ low: Number.NaN, high: Number.NaN, blocks: 1 });
  });
});

describe("the bootstrap of numbers", () => {
  it("excludes zero where one model is clearly better", () => {
    for (const metric of ["rmse", "mae"] as const)
      expect(pairedBootstrap(metric, numbers(1), numbers(4), settings).high).toBeLessThan(0);
    expect(pairedBootstrap("r2", numbers(1), numbers(4), settings).low).toBeGreaterThan(0);
  });
});

describe("a metric of weighted rows", () => {
  it("is that of rows repeated so often, those of weight zero left out", () => {
    const weights = Array.from({ length: rows }, (_, row) => (row * 7) % 4);
    const repeated = weights.flatMap((weight, row) => new Array<number>(weight).fill(row));
    const three = {
      classes: ["a", "b", "c"],
      target: target.map((code, row) => (row % 5 ? code : 2)),
      probabilities: Float64Array.from({ length: rows * 3 }, (_, i) => [0.5, 0.3, 0.2][(i + Math.floor(i / 9)) % 3]),
    };
    for (const one of [good, three]) {
      const width = one.classes.length;
      const metrics = classificationMetrics({
        ...one,
        target: Int32Array.from(repeated, (row) => one.target[row]),
        probabilities: Float64Array.from(
          repeated.flatMap((row) => Array.from(one.probabilities.slice(row * width, (row + 1) * width))),
        ),
      });
      for (const metric of [
        "brier",
        "logLoss",
        "rocAuc",
        "prAuc",
        "f1",
        "mcc",
        "accuracy",
        "balancedAccuracy",
      ] as const)
        expect(weightedMetric(metric, one)(weights), metric).toBeCloseTo(metrics[metric] as number, 10);
    }
  });

  it("is undefined where all weights are zero", () => {
    const none = new Array<number>(rows).fill(0);
    for (const metric of ["brier", "rocAuc", "prAuc"] as const) expect(weightedMetric(metric, good)(none)).toBeNaN();
  });
});

describe("the number of draws", () => {
  it("is what is asked for, and never below 400 where rows are many", () => {
    expect([2_000, 20_000, 80_000, 200_000, 5_000_000].map((rows) => affordableSamples(2000, rows))).toEqual([
      2000, 2000, 500, 400, 400,
    ]);
    expect(affordableSamples(200, 5_000_000)).toBe(200);
  });

  it("is limited by rows for a metric that is not a mean, and by blocks for a mean", () => {
    const many = 50_000;
    const codes = Int32Array.from({ length: many }, (_, row) => row % 2);
    const said = Float64Array.from({ length: 2 * many }, (_, i) => (i % 4 === 0 ? 0.75 : 0.25));
    const output = { classes: ["no", "yes"], positiveIndex: 1, target: codes, probabilities: said };
    const blocks = Int32Array.from(codes, (_code, row) => Math.floor(row / 500));
    const drawn = { blocks, seed: 1, samples: 1000, confidence: 0.95 };
    expect(bootstrapInterval("mcc", output, drawn).samples).toBe(800);
    expect(bootstrapInterval("accuracy", output, drawn).samples).toBe(1000);
  });
});
