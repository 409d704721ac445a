import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { float32Interval } from "../../../shared/math/float32Interval";

function neighbour(value: number, steps: bigint): number {
  const doubles = Float64Array.of(value);
  const bits = new BigInt64Array(doubles.buffer);
  bits[0] += value < 0 ? -steps : steps;
  return doubles[0];
}

describe("the doubles that round to one float32", () => {
  it.each([0, 1, -1, 0.1, -0.7, 1100, 16_777_217, 1e-45, 3.4028234e38, -3.4028234e38])(
    "end where they do at %d",
    (value) => {
      const { first, last } = float32Interval(value);
      expect([Math.fround(first) + 0, Math.fround(last) + 0]).toEqual([Math.fround(value), Math.fround(value)]);
      expect(Math.fround(neighbour(last, 1n))).toBeGreaterThan(Math.fround(value));
      expect(Math.fround(neighbour(first, -1n))).toBeLessThan(Math.fround(value));
    },
  );

  it("hold every double that rounds so, and no other", () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 });
    fc.assert(
      fc.property(numbers, numbers, (bound, value) => {
        const { first, last } = float32Interval(bound);
        const near = Math.fround(bound) + value * 1e-38;
        for (const one of [value, near])
          expect(one >= first && one <= last).toBe(Math.fround(one) === Math.fround(bound));
      }),
      { numRuns: 2000, seed: 5 },
    );
  });

  it("take what is too large for a float32 as one value", () => {
    expect(float32Interval(1e300)).toEqual({ first: 2 ** 128 - 2 ** 103, last: Number.MAX_VALUE });
  });
});
