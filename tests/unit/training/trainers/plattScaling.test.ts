import { describe, expect, it } from "vitest";
import { fitPlatt, plattProbability } from "../../../../shared/training/trainers/plattScaling";
import vectors from "../../../vectors/svm.json";

describe("Platt scaling", () => {
  it.each(vectors.platt)("finds scikit-learn's sigmoid: $name", ({ scores, positive, weights, a, b }) => {
    const sigmoid = fitPlatt(
      Float64Array.from(scores),
      Uint8Array.from(positive),
      weights === null ? undefined : Float64Array.from(weights),
    );
    expect(sigmoid.a).toBeCloseTo(a, 5);
    expect(sigmoid.b).toBeCloseTo(b, 5);
  });

  it("counts a row of weight two as two rows", () => {
    const scores = [-2, -0.5, 0.1, 0.3, 1.2, 2.5];
    const positive = [0, 0, 1, 0, 1, 1];
    const twice = (values: number[]) => [...values, ...values.slice(0, 3)];
    const weighted = fitPlatt(Float64Array.from(scores), Uint8Array.from(positive), Float64Array.of(2, 2, 2, 1, 1, 1));
    const repeated = fitPlatt(Float64Array.from(twice(scores)), Uint8Array.from(twice(positive)));
    expect(weighted.a).toBeCloseTo(repeated.a, 8);
    expect(weighted.b).toBeCloseTo(repeated.b, 8);
  });

  it("answers with the class share, drawn a little to one half, when all scores are equal", () => {
    const sigmoid = fitPlatt(new Float64Array(100).fill(0.3), new Uint8Array(100).fill(1, 0, 25));
    // 25 rows that aim at 26/27 and 75 that aim at 1/77
    expect(plattProbability(sigmoid, 0.3)).toBeCloseTo((25 * (26 / 27) + 75 / 77) / 100, 6);
  });

  it("gives probabilities of 0 and 1, not NaN, far from the boundary", () => {
    expect(plattProbability({ a: -3, b: 0 }, 1e6)).toBe(1);
    expect(plattProbability({ a: -3, b: 0 }, -1e6)).toBe(0);
  });
});
