import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { figure, percent } from "../../shared/figure";

/** Half of the last digit that a text shows. */
function tolerance(text: string): number {
  const [mantissa, exponent = "0"] = text.split("e");
  const decimals = mantissa.split(".")[1]?.length ?? 0;
  return 0.5 * 10 ** (Number(exponent) - decimals);
}

describe("a figure", () => {
  it.each([
    [1000, "1000"],
    [2340.4, "2340"],
    [13044, "13044"],
    [-12345.6, "-12346"],
    [1.006e30, "1.006e+30"],
    [5e-10, "5e-10"],
    [0.04, "0.04"],
    [0.123456, "0.1235"],
    [999.96, "1000"],
    [0.00012345, "0.0001234"],
    [-0, "0"],
    [Number.NaN, "–"],
    [Number.POSITIVE_INFINITY, "–"],
  ])("shows %d as %s", (value, text) => expect(figure(value)).toBe(text));

  it("reads back to the number within half of the last digit that it shows, and within its significant digits", () => {
    const numbers = fc.oneof(
      fc.double({ min: -1e300, max: 1e300, noNaN: true }),
      fc.double({ min: -1e8, max: 1e8, noNaN: true }),
      fc.integer(),
    );
    fc.assert(
      fc.property(numbers, fc.integer({ min: 2, max: 8 }), (value, digits) => {
        const text = figure(value, digits);
        const gap = Math.abs(Number(text) - value);
        expect(gap).toBeLessThanOrEqual(tolerance(text) * (1 + 1e-6));
        expect(gap).toBeLessThanOrEqual(0.5 * 10 ** (1 - digits) * Math.abs(value) * (1 + 1e-6) + Number.MIN_VALUE);
        expect(Number(text) === 0 || Math.sign(Number(text)) === Math.sign(value)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps the order of numbers", () => {
    const finite = fc.double({ min: -1e300, max: 1e300, noNaN: true });
    fc.assert(
      fc.property(finite, finite, (a, b) => {
        expect(Number(figure(Math.min(a, b)))).toBeLessThanOrEqual(Number(figure(Math.max(a, b))));
      }),
    );
  });
});

describe("a percentage", () => {
  it.each([
    [0.95, "95 %"],
    [0.995, "99.5 %"],
    [0.7312, "73.1 %"],
    [0.00042, "0.042 %"],
    [1, "100 %"],
    [0, "0 %"],
  ])("of the share %d is %s", (share, text) => expect(percent(share)).toBe(text));
});
