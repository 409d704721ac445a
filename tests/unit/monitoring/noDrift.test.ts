import { beforeEach, describe, expect, it } from "vitest";
import type { FeatureTable } from "../../../shared/featureTable";
import { seededRandom } from "../../../shared/math/seededRandom";
import { compareProfiles } from "../../../shared/monitoring/drift";
import { noDriftShares, normalTail } from "../../../shared/monitoring/noDrift";
import { trainingProfile } from "../../../shared/monitoring/trainingProfile";
import { effectiveRows, numberInflation } from "../../../shared/monitoring/varianceInflation";
import { driftSettings } from "./driftSettings";
import { profileOfRows } from "./shippedRows";

let random = seededRandom(11);
beforeEach(() => {
  random = seededRandom(11);
});
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const hourMs = 3_600_000;

const draws: Record<string, () => number> = {
  normal,
  uniform: () => random(),
  exponential: () => -Math.log(1 - random()),
  "log-normal": () => Math.exp(1.2 * normal()),
  "heavy-tailed": () => normal() / Math.sqrt(random() ** 0.8),
  "mostly zero": () => (random() < 0.98 ? 0 : 10 * random()),
  "rarely one": () => (random() < 0.003 ? 1 : 0),
  "of a few values": () => Math.floor(5 * random() * random()),
  "with gaps": () => (random() < 0.2 ? Number.NaN : normal()),
};

function numbers(values: Float32Array): FeatureTable {
  return { rowCount: values.length, numbers: [{ name: "x", values }], categories: [] };
}

/** Training and target rows lie in one table, which both profiles read; levels are those of the training rows. */
function shareOfAlarms(makeTable: (rows: number) => FeatureTable, trained: number, rows: number, repeats = 200) {
  let alarms = 0;
  for (let i = 0; i < repeats; i++) {
    const table = makeTable(trained + rows);
    const training = trainingProfile(slice(table, 0, trained));
    const profile = profileOfRows(
      training,
      table,
      Array.from({ length: rows }, (_, row) => trained + row),
    );
    if (compareProfiles(training, profile, driftSettings).verdict === "drift") alarms++;
  }
  return alarms / repeats;
}

function slice({ numbers, categories }: FeatureTable, from: number, to: number): FeatureTable {
  return {
    rowCount: to - from,
    numbers: numbers.map(({ name, values }) => ({ name, values: values.slice(from, to) })),
    categories: categories.map(({ name, levels, codes }) => {
      const own = codes.slice(from, to);
      const seen = [...new Set(own)].sort((a, b) => a - b);
      return { name, levels: seen.map((code) => levels[code]), codes: own.map((code) => seen.indexOf(code)) };
    }),
  };
}

describe("without drift, with both sides drawn anew", () => {
  it.each(Object.keys(draws))("a number that is %s alarms in at most 1 % of windows", (name) => {
    const table = (rows: number) => numbers(Float32Array.from({ length: rows }, draws[name]));
    for (const rows of [100, 1000]) expect(shareOfAlarms(table, 1000, rows), String(rows)).toBeLessThanOrEqual(0.01);
  });

  const categories: Record<string, () => number> = {
    "of three values": () => Math.floor(3 * random()),
    "of forty even values": () => Math.floor(40 * random()),
    "with a long tail": () => Math.floor(3000 * random() ** 4),
  };
  it.each(Object.keys(categories))("a category %s alarms in at most 1 % of windows", (name) => {
    const levels = Array.from({ length: 3000 }, (_, i) => `v${i}`);
    const table = (rows: number): FeatureTable => ({
      rowCount: rows,
      numbers: [],
      categories: [{ name: "c", levels, codes: Int32Array.from({ length: rows }, categories[name]) }],
    });
    for (const rows of [100, 1000]) expect(shareOfAlarms(table, 1000, rows), String(rows)).toBeLessThanOrEqual(0.01);
  });

  it("a series of correlated values alarms in at most 1 % of the windows that follow it", () => {
    let alarms = 0;
    const repeats = 200;
    for (let i = 0; i < repeats; i++) {
      const values = new Float32Array(6000);
      for (let row = 1; row < values.length; row++) values[row] = 0.97 * values[row - 1] + normal();
      const times = Float64Array.from({ length: 5000 }, (_, row) => row * hourMs);
      const training = trainingProfile(numbers(values.slice(0, 5000)), times);
      const start = 5000 + Math.floor(random() * 700);
      const profile = profileOfRows(
        training,
        numbers(values),
        Array.from({ length: 300 }, (_, row) => start + row),
      );
      if (compareProfiles(training, profile, driftSettings).verdict === "drift") alarms++;
    }
    expect(alarms / repeats).toBeLessThanOrEqual(0.01);
  });
});

describe("effective rows", () => {
  it("of independent values are about as many as the rows, of a correlated series far fewer", () => {
    const independent = numberInflation(Float64Array.from({ length: 20_000 }, normal));
    expect(effectiveRows(200, independent)).toBeGreaterThan(130);
    const values = new Float64Array(20_000);
    for (let i = 1; i < values.length; i++) values[i] = 0.9 * values[i - 1] + normal();
    // a mean of AR(1) values varies (1 + 0.9) / (1 - 0.9) = 19 times as much
    expect(effectiveRows(1900, numberInflation(values))).toBeGreaterThan(50);
    expect(effectiveRows(1900, numberInflation(values))).toBeLessThan(200);
  });

  it("never exceed the rows, nor fall below one", () => {
    expect(
      effectiveRows(5, [
        [2, 1.9],
        [4, 50],
      ]),
    ).toBe(1);
    expect(effectiveRows(50, [])).toBe(50);
    expect(effectiveRows(0, [[2, 2]])).toBe(0);
  });
});

describe("quantiles", () => {
  it("of the normal distribution's tail are those of its table", () => {
    for (const [tail, z] of [
      [0.025, 1.95996],
      [0.001, 3.09023],
      [0.0001, 3.71902],
      [0.00001, 4.26489],
    ])
      expect(normalTail(tail)).toBeCloseTo(z, 3);
  });

  it("of a share's difference shrink with the rows and leave room for a rare event in few of them", () => {
    const away = (rows: number) => noDriftShares(0.1, 0.1, { target: rows, baseline: 100_000 }, 3.8);
    expect(away(10_000)).toBeCloseTo(3.8 * Math.sqrt((0.1 * 0.9) / 10_000), 2);
    expect(away(100)).toBeGreaterThan(away(1000));
    expect(noDriftShares(0, 0, { target: 100, baseline: 10_000 }, 3.8)).toBeGreaterThan(0.02);
  });
});
