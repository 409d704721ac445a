import { describe, expect, it } from "vitest";
import {
  cohenKappa,
  concordanceCorrelation,
  krippendorffAlpha,
  percentAgreement,
} from "../../../shared/evaluation/agreementMetrics";
import { expectNear, golden } from "./golden";

interface Golden {
  name: string;
  levels: number;
  first: number[];
  second: number[];
  agreement: number;
  kappa: number | null;
  linear: number | null;
  quadratic: number | null;
}
const { cases, concordance } = golden<{
  cases: Golden[];
  concordance: { name: string; first: number[]; second: number[]; concordance: number; pearson: number }[];
}>("agreement");

describe("agreement of two raters", () => {
  it.each(cases)("equals scikit-learn's: $name", (one) => {
    const first = Int32Array.from(one.first);
    const second = Int32Array.from(one.second);
    expectNear(percentAgreement(first, second, one.levels), one.agreement, "agreement");
    expectNear(cohenKappa(first, second, one.levels), one.kappa, "kappa");
    expectNear(cohenKappa(first, second, one.levels, "linear"), one.linear, "linear");
    expectNear(cohenKappa(first, second, one.levels, "quadratic"), one.quadratic, "quadratic");
    expectNear(cohenKappa(second.toReversed(), first.toReversed(), one.levels, "linear"), one.linear, "swapped");
  });

  it.each(concordance)("in numbers is below their correlation by shift and scale: $name", (one) => {
    const first = Float64Array.from(one.first);
    const second = Float64Array.from(one.second);
    expectNear(concordanceCorrelation(first, second), one.concordance, "concordance");
    expect(Math.abs(one.concordance)).toBeLessThanOrEqual(Math.abs(one.pearson) + 1e-12);
  });

  it("in numbers is undefined for two equal constants", () => {
    expect(concordanceCorrelation(Float64Array.of(2, 2), Float64Array.of(2, 2))).toBeNull();
    expect(concordanceCorrelation(Float64Array.of(2, 2), Float64Array.of(3, 3))).toBe(0);
  });
});

describe("Krippendorff's alpha", () => {
  const raters = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
  ].map((codes) => Int32Array.from(codes, (code) => code - 1));

  it("is .743 for the example in his paper of 2011, four observers with gaps", () => {
    expect(krippendorffAlpha(raters, 5)).toBeCloseTo(0.743, 3);
  });

  it("is 1 for raters who agree, and undefined without two ratings of a row or with one level only", () => {
    expect(krippendorffAlpha([Int32Array.of(0, 1), Int32Array.of(0, 1)], 2)).toBe(1);
    expect(krippendorffAlpha([Int32Array.of(0, -1), Int32Array.of(-1, 1)], 2)).toBeNull();
    expect(krippendorffAlpha([Int32Array.of(0, 0), Int32Array.of(0, 0)], 2)).toBeNull();
    expect(krippendorffAlpha([], 2)).toBeNull();
  });
});
