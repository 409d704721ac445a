import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { float32Text } from "../../../shared/serving/float32Text";

/** below it a float32 has fewer digits than its text */
const smallestNormal = 2 ** -126;

/** Fewest digits by trying them all. */
function fewestDigits(value: number): number {
  for (let digits = 1; digits <= 9; digits++)
    if (Math.fround(Number(value.toPrecision(digits))) === value) return digits;
  return 10;
}

function digitsOf(text: string): number {
  return text.replace(/e.*$/, "").replace(/[-.]/g, "").replace(/^0+/, "").replace(/0+$/, "").length;
}

function float32Of(bits: number): number {
  return new Float32Array(Int32Array.of(bits).buffer)[0];
}

describe("a float32 as text", () => {
  it.each([
    [0, "0"],
    [1, "1"],
    [0.5, "0.5"],
    [0.1, "0.1"],
    [0.99999994, "0.99999994"],
    [0.001, "0.001"],
    [0.00001234, "0.00001234"],
    [1e-7, "1e-7"],
    [23.4, "23.4"],
    [-1025.25, "-1025.25"],
    [16_777_216, "16777216"],
  ])("is as short as a person would write it: %d", (value, text) => {
    expect(float32Text(Math.fround(value))).toBe(text);
  });

  it("reads back to the same number, in no more digits than necessary", () => {
    const probability = fc.float({ min: 0, max: 1, noNaN: true });
    const small = fc.integer({ min: 0x33000000, max: 0x3c000000 }).map(float32Of); // 3e-8 to 0.008
    const any = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.oneof(probability, small, any), (value) => {
        const text = float32Text(value);
        expect(Math.fround(Number(text))).toBe(value + 0);
        expect(JSON.parse(text)).toBe(Number(text));
        const isPlain = Number.isInteger(value) && Math.abs(value) < 1e9;
        if (isPlain) expect(text).toBe(String(value + 0));
        else if (Math.abs(value) >= smallestNormal) expect(digitsOf(text)).toBeLessThanOrEqual(fewestDigits(value));
      }),
      { numRuns: 20_000, seed: 11 },
    );
  });

  it("distinguishes any two neighbouring probabilities", () => {
    const next = (value: number) => float32Of(new Int32Array(Float32Array.of(value).buffer)[0] + 1);
    for (const start of [0.5, 0.25, 0.9999, 0.01, 0.001])
      for (let value = Math.fround(start), step = 0; step < 2000; step++, value = next(value))
        expect(float32Text(next(value))).not.toBe(float32Text(value));
  });
});
