import { describe, expect, it } from "vitest";
import { expectedSaving } from "../../../shared/evaluation/expectedSaving";
import { seededRandom } from "../../../shared/math/seededRandom";

const costs = {
  unit: "EUR",
  costs: [
    [0, 10],
    [50, 0],
  ],
};
const rows = 400;
const random = seededRandom(2);
const target = Int32Array.from({ length: rows }, () => (random() < 0.2 ? 1 : 0));
const always = (code: number) => ({ name: `always ${code}`, decided: new Int32Array(rows).fill(code) });
const model = { name: "model", decided: target.map((code, row) => (row % 10 ? code : 1 - code)), threshold: 0.4 };
const settings = {
  blocks: Int32Array.from({ length: rows }, (_, row) => row),
  seed: 1,
  samples: 4000,
  confidence: 0.95,
};

describe("the expected saving", () => {
  it("is what the others' decisions cost more per row", () => {
    const { unit, model: own, against } = expectedSaving(target, model, [always(0), always(1), model], costs, settings);
    const positives = target.reduce((sum, code) => sum + code, 0);
    expect(unit).toBe("EUR");
    expect(own.threshold).toBe(0.4);
    expect(against[0].costPerRow).toBeCloseTo((50 * positives) / rows, 12);
    expect(against[1].costPerRow).toBeCloseTo((10 * (rows - positives)) / rows, 12);
    for (const { costPerRow, saving, low, high } of against.slice(0, 2)) {
      expect(saving).toBeCloseTo(costPerRow - own.costPerRow, 12);
      expect(low).toBeLessThan(saving);
      expect(high).toBeGreaterThan(saving);
    }
    expect(against[2]).toMatchObject({ saving: 0, low: 0, high: 0 });
  });

  it("has the normal interval of a mean over independent rows", () => {
    const { against } = expectedSaving(target, model, [always(0)], costs, settings);
    const byRow = Array.from(target, (code, row) => costs.costs[code][0] - costs.costs[code][model.decided[row]]);
    const mean = byRow.reduce((sum, value) => sum + value, 0) / rows;
    const deviation = Math.sqrt(byRow.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows);
    const halfWidth = (1.959964 * deviation) / Math.sqrt(rows);
    expect(Math.abs(against[0].low - (mean - halfWidth))).toBeLessThan(0.1 * halfWidth);
    expect(Math.abs(against[0].high - (mean + halfWidth))).toBeLessThan(0.1 * halfWidth);
  });

  it("is less certain when costly rows come in blocks", () => {
    const clustered = target.map((_code, row) => (row % 100 < 20 ? 1 : 0));
    const spread = (blocks: Int32Array) => {
      const { low, high } = expectedSaving(clustered, always(1), [always(0)], costs, { ...settings, blocks })
        .against[0];
      return high - low;
    };
    expect(spread(settings.blocks.map((row) => row >> 4))).toBeGreaterThan(2 * spread(settings.blocks));
  });

  it("is zero where nothing costs anything", () => {
    const free = { unit: "EUR", costs: costs.costs.map((row) => row.map(() => 0)) };
    const { model: own, against } = expectedSaving(target, model, [always(0)], free, settings);
    expect(own).toMatchObject({ costPerRow: 0, low: 0, high: 0 });
    expect(against[0]).toMatchObject({ saving: 0, low: 0, high: 0 });
  });
});
