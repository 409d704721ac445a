import { describe, expect, it } from "vitest";
import { selectionMetricValue } from "../../../shared/evaluation/selectionMetric";
import { sliceMetrics } from "../../../shared/evaluation/sliceMetrics";
import { sliceByLevel, sliceByMonth, sliceByQuartile } from "../../../shared/evaluation/slicing";
import { takeRows } from "../../../shared/evaluation/takeRows";
import { seededRandom } from "../../../shared/math/seededRandom";

const rows = 900;
const random = seededRandom(8);
const codes = Int32Array.from({ length: rows }, (_, row) => (row === 5 ? -1 : row % 3));
const chance = Float64Array.from(codes, (code) => (code === 2 ? 0.5 : 0.05));
const output = {
  classes: ["no", "yes"],
  positiveIndex: 1,
  target: Int32Array.from(chance, (p) => (random() < p ? 1 : 0)),
  probabilities: Float64Array.from({ length: rows * 2 }, (_, i) => (i % 2 ? chance[i >> 1] : 1 - chance[i >> 1])),
};
const settings = {
  blocks: Int32Array.from({ length: rows }, (_, row) => row >> 2),
  seed: 1,
  samples: 500,
  confidence: 0.95,
  minRows: 50,
};
const slicing = sliceByLevel("Site", ["a", "b", "c", "d"], codes);

describe("metrics by slice", () => {
  const slices = sliceMetrics("brier", output, slicing, settings);

  it("are those of the slice's rows alone; levels without rows are left out", () => {
    expect(slices.map(({ slice, rows: count }) => [slice, count])).toEqual([
      ["a", 300],
      ["b", 300],
      ["c", 299],
      ["(missing)", 1],
    ]);
    const alone = takeRows(
      output,
      [...codes.keys()].filter((row) => codes[row] === 2),
    );
    expect(slices[2].value).toBeCloseTo(selectionMetricValue("brier", alone), 12);
  });

  it("mark the slice that is worse than the whole by more than its interval, in losses and in gains", () => {
    expect(slices.map(({ worse }) => worse)).toEqual([false, false, true, false]);
    const hits = sliceMetrics("accuracy", output, slicing, settings);
    expect(hits.map(({ worse }) => worse)).toEqual([false, false, true, false]);
  });

  it("do not judge a slice with too few rows or without a class", () => {
    expect(slices[3]).toEqual({
      column: "Site",
      slice: "(missing)",
      rows: 1,
      value: null,
      low: null,
      high: null,
      worse: false,
    });
    const quiet = { ...output, target: output.target.map((code, row) => (codes[row] === 0 ? 0 : code)) };
    expect(sliceMetrics("rocAuc", quiet, slicing, settings)[0]).toMatchObject({ value: null, low: null, worse: false });
  });

  it("work for numbers", () => {
    const numbers = {
      target: Float64Array.from(codes, (_code, row) => row),
      predictions: Float64Array.from(codes, (code, row) => row + (code === 1 ? 3 : 1)),
    };
    const found = sliceMetrics("mae", numbers, slicing, settings);
    expect(found.map(({ value, worse }) => [value, worse])).toEqual([
      [1, false],
      [3, true],
      [1, false],
      [null, false],
    ]);
  });
});

describe("slices of a column", () => {
  it("of a number are its quartiles, named by their edges; missing stays apart", () => {
    const { levels, codes: bins } = sliceByQuartile("Load", [1, 2, 3, 4, 5, Number.NaN]);
    expect(levels).toEqual(["at most 2", "above 2 to 3", "above 3 to 4", "above 4"]);
    expect(Array.from(bins)).toEqual([0, 0, 1, 2, 3, -1]);
  });

  it("of tied numbers are fewer, and one for equal numbers", () => {
    expect(sliceByQuartile("Load", [0, 0, 0, 0, 7])).toMatchObject({
      levels: ["at most 0", "above 0"],
      codes: Int32Array.of(0, 0, 0, 0, 1),
    });
    expect(sliceByQuartile("Load", [4, 4])).toMatchObject({ levels: ["all"], codes: Int32Array.of(0, 0) });
    expect(sliceByQuartile("Load", [Number.NaN])).toMatchObject({ codes: Int32Array.of(-1) });
  });

  it("of many levels are the 29 with the most rows, in their order, and the others together", () => {
    const levels = Array.from({ length: 40 }, (_, i) => `level ${i}`);
    const many = Int32Array.from([...levels.keys(), ...levels.keys()].filter((code, i) => i < 40 || code >= 12));
    const merged = sliceByLevel("Site", levels, many);
    expect(merged.levels).toEqual(["level 0", ...levels.slice(12), "(other)"]);
    expect(Array.from(merged.codes.slice(0, 14))).toEqual([0, ...new Array(11).fill(29), 1, 2]);
  });

  it("of a time are the months of the year, UTC", () => {
    const { levels, codes: months } = sliceByMonth(
      "At",
      Float64Array.of(Date.UTC(2024, 0, 31, 23), Date.UTC(2023, 11, 1)),
    );
    expect(Array.from(months, (month) => levels[month])).toEqual(["month 01", "month 12"]);
  });
});
