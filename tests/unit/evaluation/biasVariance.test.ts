import { describe, expect, it } from "vitest";
import { biasVariance } from "../../../shared/evaluation/biasVariance";

const trainRows = Int32Array.from({ length: 50 }, (_, row) => row);
const values = Float64Array.from(trainRows, (row) => (row % 10) + 1);
const settings = { trainRows, samples: 200, seed: 3 };

describe("the split into bias and variance", () => {
  it("of squared loss adds up, and finds the variance of a mean of rows", () => {
    const target = Float64Array.of(5, 6, 7);
    const split = biasVariance({ ...settings, loss: "squared", target }, (rows) => {
      const mean = rows.reduce((sum, row) => sum + values[row], 0) / rows.length;
      return new Float64Array(3).fill(mean);
    });
    // the mean of 1 to 10 is 5.5, the variance of one row 8.25, of a mean of fifty 0.165
    expect(split.bias).toBeCloseTo((0.25 + 0.25 + 2.25) / 3, 1);
    expect(Math.abs(split.variance - 0.165)).toBeLessThan(0.04);
    expect(split.netVariance).toBeCloseTo(split.variance, 12);
    expect(split.loss).toBeCloseTo(split.bias + split.variance, 12);
  });

  it("of 0-1 loss takes variance from the loss where the main prediction is wrong", () => {
    let fit = 0;
    // of every four fits one says class 1 for all rows
    const split = biasVariance({ ...settings, samples: 8, loss: "zeroOne", target: Float64Array.of(0, 0, 0, 1) }, () =>
      new Float64Array(4).fill(fit++ % 4 === 0 ? 1 : 0),
    );
    expect(split.bias).toBe(0.25);
    expect(split.variance).toBe(0.25);
    expect(split.loss).toBeCloseTo((3 * 0.25 + 0.75) / 4, 12);
    expect(split.netVariance).toBeCloseTo((3 * 0.25 - 0.25) / 4, 12);
  });

  it("has no variance for a learner that always predicts the same", () => {
    const target = Float64Array.of(1, 2);
    const split = biasVariance({ ...settings, loss: "squared", target }, () => Float64Array.of(1, 1));
    expect(split).toEqual({ loss: 0.5, bias: 0.5, variance: 0, netVariance: 0 });
  });

  it("draws as many rows as there are, with repetition, the same ones for the same seed", () => {
    const seen: { rows: Int32Array; seed: number }[] = [];
    const watch = (rows: Int32Array, seed: number) => {
      seen.push({ rows, seed });
      return Float64Array.of(0);
    };
    const run = () => biasVariance({ ...settings, samples: 3, loss: "squared", target: Float64Array.of(0) }, watch);
    run();
    run();
    expect(seen.slice(3)).toEqual(seen.slice(0, 3));
    expect(new Set(seen.slice(0, 3).map(({ seed }) => seed)).size).toBe(3);
    for (const { rows } of seen) {
      expect(rows).toHaveLength(50);
      expect(new Set(rows).size).toBeLessThan(50);
      for (const row of rows) expect(trainRows.includes(row)).toBe(true);
    }
  });
});
