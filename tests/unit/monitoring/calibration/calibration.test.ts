import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../../shared/math/seededRandom";
import { baselineDays, coversSeason } from "../../../../shared/monitoring/calibration/baselineDays";
import { DayHistory } from "../../../../shared/monitoring/calibration/dayHistory";
import { studentBeyond, studentLimit } from "../../../../shared/monitoring/calibration/distributions";
import { rejectedUpTo } from "../../../../shared/monitoring/calibration/falseDiscovery";
import { levelModel, unexplained } from "../../../../shared/monitoring/calibration/levelModel";
import { addNumber, emptyProfile, mergeProfiles, type NumberProfile } from "../../../../shared/monitoring/profile";

const bins = [
  { name: "x", type: "number" as const, edges: [1, 2, 3] },
  { name: "c", type: "category" as const, levels: ["a", "b"] },
];

function dayOf(day: number, values: number[]) {
  const inputs = emptyProfile(bins);
  inputs.rows = values.length;
  for (const value of values) addNumber(bins[0] as never, inputs.features[0] as NumberProfile, value);
  Object.assign(inputs.features[1], { count: 1, levels: [day % 2, 1 - (day % 2)] });
  return { day, inputs };
}

/** Days from `first` on, without those that are left out. */
function history(first: number, count: number, without: number[] = []) {
  const days = Array.from({ length: count }, (_, i) => first + i).filter((day) => !without.includes(day));
  return new DayHistory(
    days.map((day) => dayOf(day, [day % 4, 2.5])),
    bins,
  );
}

describe("days of history", () => {
  it("add up over any ranges as their profiles do, and days without rows count as none", () => {
    const days = [dayOf(10, [0.5, 2.5]), dayOf(11, [1.5, Number.NaN]), dayOf(14, [9, 2.25])];
    const found = new DayHistory(days, bins);
    expect(found.known([{ from: 0, to: 100 }])).toBe(3);
    expect(found.known([{ from: 12, to: 14 }])).toBe(0);
    const sum = found.sum([
      { from: 10, to: 11 },
      { from: 13, to: 20 },
    ]);
    const merged = mergeProfiles(days[0].inputs, days[2].inputs);
    for (const [i, feature] of merged.features.entries()) {
      const { count, missing } = feature;
      expect(sum.features[i]).toMatchObject({ count, missing });
      if ("bins" in feature) expect(sum.features[i]).toMatchObject({ bins: feature.bins, binSums: feature.binSums });
      else expect(sum.features[i]).toMatchObject({ levels: feature.levels });
    }
  });

  it("of a trailing baseline are the four weeks before, and too few are none", () => {
    const window = { from: 100, to: 107 };
    expect(baselineDays(history(0, 100), window, "trailing")).toEqual([{ from: 72, to: 100 }]);
    expect(baselineDays(history(90, 10), window, "trailing")).toEqual([]);
  });

  it("of a season are those of other years where they are known, else neighbours that do not touch the window", () => {
    const twoYears = history(0, 800);
    const window = { from: 760, to: 767 };
    expect(coversSeason(twoYears, window)).toBe(true);
    expect(coversSeason(history(400, 300), window)).toBe(false);
    const earlier = baselineDays(twoYears, window, "season").filter(({ to }) => to > 100);
    expect(earlier[0]).toEqual({ from: 760 - 365 - 28, to: 767 - 365 + 28 });
    const oneYear = baselineDays(history(0, 300), { from: 100, to: 107 }, "season");
    expect(oneYear.slice(-2)).toEqual([
      { from: 72, to: 93 },
      { from: 114, to: 135 },
    ]);
  });

  it("of the training baseline are all but the window's own", () => {
    expect(baselineDays(history(0, 50), { from: 10, to: 17 }, "training")).toEqual([
      { from: 0, to: 10 },
      { from: 17, to: 50 },
    ]);
  });
});

describe("Student's t", () => {
  // scipy.stats.t: 2 * sf(2.5, 20), isf(0.0005, 20), 2 * sf(4, 103)
  it("is as scipy has it", () => {
    expect(studentBeyond(2.5, 20)).toBeCloseTo(0.0212335454, 9);
    expect(studentBeyond(-4, 103)).toBeCloseTo(0.0001194416, 9);
    expect(studentLimit(0.001, 20)).toBeCloseTo(3.8495163, 6);
    expect(studentLimit(studentBeyond(3.1, 17), 17)).toBeCloseTo(3.1, 6);
  });
});

describe("the rate of false discoveries", () => {
  // Benjamini and Hochberg's own example: at 0.05 four of fifteen are rejected
  const example = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
  ];

  it("rejects what their paper rejects", () => {
    const limit = rejectedUpTo(example, 0.05);
    expect(example.filter((p) => p <= limit)).toHaveLength(4);
  });

  it("asks a single test for a share of the rate where none is rejected", () => {
    expect(rejectedUpTo([0.5, 0.9], 0.1)).toBe(0.05);
    expect(rejectedUpTo([], 0.1)).toBe(0.1);
  });
});

describe("the level of a column beside the others", () => {
  const random = seededRandom(4);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const shifts = Array.from({ length: 60 }, () => {
    const common = normal();
    return Float64Array.of(common, common + 0.1 * normal(), normal());
  });

  it("is known closely from a column that moves with it, and finds the one that left the other", () => {
    const model = levelModel(shifts, 0, 60);
    if (model === undefined) return expect.unreachable();
    expect(model.left).toBeGreaterThan(0.05);
    expect(model.left).toBeLessThan(0.2);
    expect(Math.abs(unexplained(model, 0, [2, 2, 0]))).toBeLessThan(3 * model.left);
    expect(unexplained(model, 0, [1, 0, 0])).toBeGreaterThan(5 * model.left);
  });

  it("has no model where there is too little history, or nothing that moves with it", () => {
    expect(levelModel(shifts.slice(0, 15), 0, 15)).toBeUndefined();
    expect(
      levelModel(
        shifts.map((row) => row.slice(0, 1)),
        0,
        60,
      ),
    ).toBeUndefined();
  });
});
