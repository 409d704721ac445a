import { describe, expect, it } from "vitest";
import { encodePrepared } from "../../../shared/data/encodePrepared";
import type { PreparedData } from "../../../shared/data/preparedData";
import { seededRandom } from "../../../shared/math/seededRandom";
import { evaluateHoldout } from "../../../shared/training/evaluateHoldout";
import type { EvaluateTask } from "../../../shared/training/workerTasks";

const hourMs = 3_600_000;
const rows = 2400;
const holdoutFrom = 1200;

/** Hourly rows whose chance of each class depends on the load; the second half is the hold-out. */
function seriesOf(classes: string[]) {
  const random = seededRandom(4);
  const load = Float32Array.from({ length: rows }, () => random());
  const probabilities = new Float64Array(rows * classes.length);
  const target = Int32Array.from(load, (value, row) => {
    const others = (1 - value ** 2) / (classes.length - 1);
    for (let code = 0; code < classes.length; code++)
      probabilities[row * classes.length + code] = code ? others : value ** 2;
    const drawn = random();
    return drawn < value ** 2 ? 0 : 1 + Math.floor(random() * (classes.length - 1));
  });
  const site = Int32Array.from(load, (_value, row) => row % 2);
  const data: PreparedData = {
    task: "classification",
    classes,
    positiveIndex: classes.length === 2 ? 0 : undefined,
    table: {
      rowCount: rows,
      numbers: [{ name: "Load", values: load }],
      categories: [],
    },
    sliceTable: {
      rowCount: rows,
      numbers: [],
      categories: [{ name: "Site", levels: ["north", "south"], codes: site }],
    },
    target,
    times: Float64Array.from(load, (_value, row) => Date.UTC(2024, 0, 1) + row * hourMs),
    blocks: Int32Array.from(load, (_value, row) => Math.floor(row / 24)),
    blockUnit: "day",
    trainRows: Int32Array.from({ length: holdoutFrom }, (_, row) => row),
    holdoutRows: Int32Array.from({ length: rows - holdoutFrom }, (_, row) => holdoutFrom + row),
    folds: [],
    source: { version: new Int32Array(rows), row: new Int32Array(rows) },
    counts: { rows, labelled: rows, unlabelled: 0, gap: 0, duplicates: 0 },
  };
  return { data, probabilities: probabilities.slice(holdoutFrom * classes.length) };
}

function taskOf(classes: string[], changes: Partial<EvaluateTask> = {}): EvaluateTask {
  const { data, probabilities } = seriesOf(classes);
  return {
    kind: "evaluate",
    prepared: encodePrepared(data),
    predictions: probabilities,
    baselines: ["majority"],
    metric: "brier",
    seed: 1,
    decisionThreshold: 0.5,
    confidence: 0.95,
    bootstrapSamples: 300,
    time: "At",
    ...changes,
  };
}

const costs = { unit: "EUR", matrix: { calm: { calm: 0, storm: 1 }, storm: { calm: 4, storm: 0 } } };
const evaluation = { slices: ["Site", "Load", "At"], minSliceRows: 100, costs };

describe("judging a hold-out", () => {
  it("gives each metric of the model its interval", () => {
    const { metrics, intervals } = evaluateHoldout(taskOf(["storm", "calm"]));
    expect(Object.keys(intervals!)).toEqual([
      "brier",
      "logLoss",
      "rocAuc",
      "prAuc",
      "f1",
      "mcc",
      "accuracy",
      "balancedAccuracy",
    ]);
    for (const [name, { value, low, high, confidence }] of Object.entries(intervals!)) {
      expect(value, name).toBeCloseTo(metrics[name] as number, 12);
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
      expect(confidence).toBe(0.95);
    }
  });

  it("draws the curves of the positive class", () => {
    const { curves } = evaluateHoldout(taskOf(["storm", "calm"]));
    expect(curves!.map((one) => one.class)).toEqual(["storm"]);
    const [{ roc, precisionRecall, calibration, lift }] = curves!;
    expect(roc!.truePositiveRate.length).toBeLessThanOrEqual(200);
    expect([roc!.thresholds[0], roc!.falsePositiveRate[0], roc!.truePositiveRate.at(-1)]).toEqual([null, 0, 1]);
    expect(precisionRecall!.recall).toHaveLength(precisionRecall!.thresholds.length);
    expect(calibration.equalMass.map((bin) => bin.rows)).toEqual(new Array(10).fill(120));
    expect(calibration.error.equalWidth).toBeLessThan(0.05);
    expect(lift).toHaveLength(10);
    expect(lift[0].lift).toBeGreaterThan(2);
  });

  it("reports slices and saving only where the spec asks for them", () => {
    const plain = evaluateHoldout(taskOf(["storm", "calm"]));
    expect([plain.slices, plain.saving]).toEqual([undefined, undefined]);
    const { slices } = evaluateHoldout(taskOf(["storm", "calm"], { evaluation }));
    const counted = (column: string) => slices!.filter((one) => one.column === column).map((one) => one.rows);
    expect(counted("Site")).toEqual([600, 600]);
    expect(counted("Load")).toEqual([300, 300, 300, 300]);
    expect(slices!.filter(({ column }) => column === "At").map(({ slice }) => slice)).toEqual([
      "month 02",
      "month 03",
      "month 04",
    ]);
  });

  it("compares the cost of the model's decisions with baselines, with never and with always acting", () => {
    const { saving } = evaluateHoldout(taskOf(["storm", "calm"], { evaluation }));
    expect(saving).toMatchObject({
      unit: "EUR",
      model: { threshold: 0.5 },
      thresholds: { decided: 0.5, theoretical: 0.2 },
    });
    const names = saving!.against.map(({ name }) => name);
    expect(names).toEqual(["model by least expected cost", "majority", "always act (storm)", "never act (calm)"]);
    const [byCost, majority, always, never] = saving!.against;
    expect(byCost.costPerRow).toBeLessThan(saving!.model.costPerRow);
    expect(byCost.costPerRow).toBeLessThan(Math.min(always.costPerRow, never.costPerRow));
    expect(byCost.costPerRow).toBeGreaterThanOrEqual(saving!.thresholds!.bestOnHoldout.costPerRow);
    // a third of the training rows are storms: acting always costs 2/3 a row, never 4/3
    expect(majority.costPerRow).toBe(always.costPerRow);
    for (const one of saving!.against) expect(one.saving).toBeCloseTo(one.costPerRow - saving!.model.costPerRow, 12);
  });

  it("keeps within 200 KB for twenty classes, each against the rest", () => {
    const classes = Array.from({ length: 20 }, (_, code) => `class ${code}`);
    const matrix = Object.fromEntries(
      classes.map((actual) => [actual, Object.fromEntries(classes.map((one) => [one, one === actual ? 0 : 1]))]),
    );
    const told = evaluateHoldout(taskOf(classes, { evaluation: { ...evaluation, costs: { unit: "h", matrix } } }));
    expect(told.curves).toHaveLength(20);
    expect(told.saving!.against.map(({ name }) => name)).toContain("always class 3");
    expect(told.saving!.thresholds).toBeUndefined();
    expect(JSON.stringify(told).length).toBeLessThan(200_000);
  });

  it("gives a perfect accuracy an exact interval, and other metrics none where every draw is the same", () => {
    const { data } = seriesOf(["fault", "fine"]);
    const predictions = new Float64Array(data.holdoutRows.length * 2);
    data.holdoutRows.forEach((row, i) => {
      predictions[i * 2 + data.target[row]] = 1;
    });
    const { intervals, metrics } = evaluateHoldout({ ...taskOf(["fault", "fine"]), predictions });
    expect(metrics).toMatchObject({ accuracy: 1, mcc: 1 });
    // 50 days of errors that go together: (0.025)^(1/50)
    expect(intervals?.accuracy).toMatchObject({ value: 1, low: expect.closeTo(0.9289, 4), high: 1 });
    expect(intervals?.mcc).toBeUndefined();
  });
});

describe("the rows of an hourly hold-out", () => {
  it("are drawn by the blocks that its errors ask for, or the spec", () => {
    const chosen = evaluateHoldout(taskOf(["storm", "calm"])).resampling;
    expect(chosen).toEqual({ unit: "day", blockDays: 1, blocks: 50 });
    expect(evaluateHoldout(taskOf(["storm", "calm"], { blockDays: 7 })).resampling).toEqual({
      unit: "day",
      blockDays: 7,
      blocks: 8,
    });
  });
});
