import { describe, expect, it } from "vitest";
import { fitPlatt, plattAt } from "../../../../shared/learners/calibration/plattSigmoid";
import golden from "../../../vectors/calibration.json";
import vectors from "../../../vectors/svm.json";

const ones = (length: number) => new Float64Array(length).fill(1);

describe("Platt's sigmoid", () => {
  it.each(vectors.platt)("finds scikit-learn's sigmoid: $name", ({ scores, positive, weights, a, b }) => {
    const sigmoid = fitPlatt(
      Float64Array.from(scores),
      Uint8Array.from(positive),
      weights === null ? ones(scores.length) : Float64Array.from(weights),
    );
    expect(sigmoid.slope).toBeCloseTo(a, 5);
    expect(sigmoid.intercept).toBeCloseTo(b, 5);
  });

  it("counts a row of weight two as two rows", () => {
    const scores = [-2, -0.5, 0.1, 0.3, 1.2, 2.5];
    const positive = [0, 0, 1, 0, 1, 1];
    const twice = (values: number[]) => [...values, ...values.slice(0, 3)];
    const weighted = fitPlatt(Float64Array.from(scores), Uint8Array.from(positive), Float64Array.of(2, 2, 2, 1, 1, 1));
    const repeated = fitPlatt(Float64Array.from(twice(scores)), Uint8Array.from(twice(positive)), ones(9));
    expect(weighted.slope).toBeCloseTo(repeated.slope, 8);
    expect(weighted.intercept).toBeCloseTo(repeated.intercept, 8);
  });

  it("answers with the class share, drawn a little to one half, when all scores are equal", () => {
    const sigmoid = fitPlatt(
      new Float64Array(100).fill(0.3),
      new Uint8Array(100).fill(1, 0, 25),
      new Float64Array(100).fill(1),
    );
    // 25 rows that aim at 26/27 and 75 that aim at 1/77
    expect(plattAt(sigmoid, 0.3)).toBeCloseTo((25 * (26 / 27) + 75 / 77) / 100, 6);
  });

  it("answers with the class share when scores differ by rounding alone, as those of a class that is never foreseen", () => {
    for (let rows = 40; rows < 140; rows++) {
      const scores = new Float64Array(rows).map((_, row) => -1 + 1e-11 * Math.sin(row * row));
      const positive = Uint8Array.from(scores, (_, row) => (row % 5 === 0 ? 1 : 0));
      const sigmoid = fitPlatt(scores, positive, ones(rows).fill(100)); // as of many rows
      for (const score of scores) expect(Math.abs(plattAt(sigmoid, score) - 0.2)).toBeLessThan(0.1);
    }
  });

  it("gives probabilities of 0 and 1, not NaN, far from the boundary", () => {
    expect(plattAt({ slope: -3, intercept: 0 }, 1e6)).toBe(1);
    expect(plattAt({ slope: -3, intercept: 0 }, -1e6)).toBe(0);
  });

  it("finds the parameters that scikit-learn approaches, with weights and without", () => {
    const scores = Float64Array.from(golden.scores);
    for (const { weights, slope, intercept, scikitLearn } of golden.sigmoid) {
      const ours = fitPlatt(scores, Uint8Array.from(golden.positive), weights ? Float64Array.from(weights) : ones(60));
      expect(ours.slope).toBeCloseTo(slope, 7);
      expect(ours.intercept).toBeCloseTo(intercept, 7);
      expect(Math.abs(ours.slope - scikitLearn.slope)).toBeLessThan(1e-4);
    }
  });

  it("stays within 0 and 1 and finite where the classes are apart", () => {
    const scores = new Float64Array(200).map((_, row) => row / 200);
    const positive = Uint8Array.from(scores, (score) => (score > 0.5 ? 1 : 0));
    const sigmoid = fitPlatt(scores, positive, ones(200));
    expect(plattAt(sigmoid, 0)).toBeLessThan(0.02);
    expect(plattAt(sigmoid, 1)).toBeGreaterThan(0.98);
    expect(plattAt(sigmoid, 1e6)).toBe(1);
    expect(plattAt(sigmoid, -1e6)).toBe(0);
  });
});
