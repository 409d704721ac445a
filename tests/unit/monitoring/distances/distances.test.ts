import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { debiasedJensenShannon, jensenShannon } from "../../../../shared/monitoring/distances/jensenShannon";
import { wasserstein1 } from "../../../../shared/monitoring/distances/wasserstein";

// biome-ignore lint/suspicious/noExplicitAny: the vectors of different methods have different shapes
const vectors = JSON.parse(readFileSync("tests/vectors/drift.json", "utf8")) as any[];
const vector = (name: string) => vectors.find((one) => one.name === name);
const ones = (values: number[]) => ({ values, weights: values.map(() => 1) });

function countsOf(reference: Record<string, number>, current: Record<string, number>): [number[], number[]] {
  const keys = [...new Set([...Object.keys(reference), ...Object.keys(current)])];
  return [keys.map((key) => reference[key] ?? 0), keys.map((key) => current[key] ?? 0)];
}

describe("the Wasserstein-1 distance", () => {
  it.each(["az-num-7a", "az-num-7b"])("equals scipy's on samples: %s", (name) => {
    const { reference, current, expected } = vector(name);
    const distance = wasserstein1(ones(reference), ones(current));
    const raw = expected.w1 ?? expected.wasserstein;
    const mean = reference.reduce((sum: number, value: number) => sum + value, 0) / reference.length;
    const std = Math.sqrt(
      reference.reduce((sum: number, value: number) => sum + (value - mean) ** 2, 0) / reference.length,
    );
    if (raw !== undefined) expect(Math.abs(distance - raw)).toBeLessThan(1e-9);
    else expect(Math.abs(distance / std - expected.w1_over_std)).toBeLessThan(1e-9);
  });

  it("equals scipy's documented examples", () => {
    // https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.wasserstein_distance.html
    expect(wasserstein1(ones([0, 1, 3]), ones([5, 6, 8]))).toBeCloseTo(5, 12);
    expect(wasserstein1({ values: [0, 1], weights: [3, 1] }, { values: [0, 1], weights: [2, 2] })).toBeCloseTo(
      0.25,
      12,
    );
    const first = { values: [3.4, 3.9, 7.5, 7.8], weights: [1.4, 0.9, 3.1, 7.2] };
    const second = { values: [4.5, 1.4], weights: [3.2, 3.5] };
    expect(wasserstein1(first, second)).toBeCloseTo(4.0781331438047861, 12);
  });

  it("is the shift of a shifted sample, and zero to itself", () => {
    const sample = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(sample, fc.double({ min: -100, max: 100, noNaN: true }), (values, shift) => {
        expect(wasserstein1(ones(values), ones(values.map((value) => value + shift)))).toBeCloseTo(Math.abs(shift), 6);
      }),
    );
  });
});

describe("the Jensen-Shannon distance", () => {
  it.each(["nml-week16-f4-4cat", "nml-week16-f3-binary"])("equals scipy's in base 2: %s", (name) => {
    const { reference, current, expected } = vector(name);
    expect(Math.abs(jensenShannon(...countsOf(reference, current)) - expected.js2)).toBeLessThan(1e-9);
  });

  it("sees a new category as the published case does", () => {
    const { reference, current, computed } = vector("nml-js-categorical-new-category");
    expect(Math.abs(jensenShannon(...countsOf(reference, current)) - computed)).toBeLessThan(1e-9);
  });

  it("is one for categories that share nothing, and zero for equal shares", () => {
    expect(jensenShannon([5, 0], [0, 9])).toBeCloseTo(1, 12);
    expect(jensenShannon([1, 2, 3], [10, 20, 30])).toBe(0);
  });

  it("does not count, when debiased, what sampling alone explains", () => {
    // expected divergence of two samples of one distribution: (B - 1)(1/n + 1/m) / (8 ln 2)
    const [n, m] = [
      [50, 50],
      [45, 55],
    ];
    const bias = (1 / 100 + 1 / 100) / (8 * Math.LN2);
    expect(debiasedJensenShannon(n, m)).toBeCloseTo(Math.sqrt(Math.max(0, jensenShannon(n, m) ** 2 - bias)), 12);
    expect(debiasedJensenShannon([500, 500], [501, 499])).toBe(0);
    expect(debiasedJensenShannon([900, 100], [100, 900])).toBeGreaterThan(0.5);
  });
});
