import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { circularWasserstein } from "../../../../shared/monitoring/distances/circularWasserstein";

interface Vector {
  name: string;
  reference: number[];
  current: number[];
  expected: number;
  tolerance: number;
}

const vectors = JSON.parse(readFileSync("tests/vectors/drift.json", "utf8")) as Vector[];
const ones = (values: number[]) => ({ values, weights: values.map(() => 1) });

describe("the Wasserstein-1 distance on a circle", () => {
  it.each(vectors.filter(({ name }) => name.startsWith("circ-")))("is as computed elsewhere: $name", (vector) => {
    const { reference, current, expected, tolerance } = vector;
    expect(Math.abs(circularWasserstein(ones(reference), ones(current), 360) - expected)).toBeLessThanOrEqual(
      tolerance,
    );
  });

  it("takes the short way over north, and at most half the circle", () => {
    expect(circularWasserstein(ones([359]), ones([1]), 360)).toBeCloseTo(2, 9);
    expect(circularWasserstein(ones([0]), ones([180]), 360)).toBeCloseTo(180, 9);
    expect(circularWasserstein(ones([10, 20, 30]), ones([10, 20, 30]), 360)).toBe(0);
  });
});
