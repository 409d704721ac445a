import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hddmA } from "../../../../shared/monitoring/statistics/hddmA";
import { type PageHinkleyOptions, pageHinkley } from "../../../../shared/monitoring/statistics/pageHinkley";
import { golden } from "../../evaluation/golden";

interface Vectors {
  errors: Record<string, string>;
  numbers: Record<string, number[]>;
  hddmA: { name: string; twoSided: boolean; confidence: number; detections: number[] }[];
  pageHinkley: (Omit<PageHinkleyOptions, "direction"> & {
    name: string;
    mode: PageHinkleyOptions["direction"];
    detections: number[];
  })[];
}

const vectors = golden<Vectors>("changePoints");

describe("HDDM-A", () => {
  it.each(vectors.hddmA)("finds river's changes: $name, two-sided $twoSided, $confidence", ({ name, ...wanted }) => {
    const errors = Array.from(vectors.errors[name], Number);
    expect(hddmA(errors, wanted).map(({ detectedAt }) => detectedAt)).toEqual(wanted.detections);
  });

  it("says from where errors are more frequent, and how frequent they were on either side", () => {
    const errors = Array.from(vectors.errors["never wrong, then always"], Number);
    const [change] = hddmA(errors, { confidence: 0.001, twoSided: false });
    expect(change).toMatchObject({ startsAt: 300, direction: "up", before: 0 });
    expect(change.after).toBeCloseTo(1, 12);
  });

  it("cuts before it detects, and finds nothing in errors that never change", () => {
    const options = { confidence: 0.05, twoSided: true };
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 400 }), (errors) => {
        let last = -1;
        for (const { startsAt, detectedAt, before, after } of hddmA(errors, options)) {
          expect(startsAt).toBeGreaterThan(last);
          expect(startsAt).toBeLessThanOrEqual(detectedAt);
          expect(before).not.toBe(after);
          last = detectedAt;
        }
      }),
    );
    expect(hddmA(new Array(500).fill(1), options)).toEqual([]);
    expect(hddmA([], options)).toEqual([]);
  });
});

describe("the Page-Hinkley test", () => {
  it.each(vectors.pageHinkley)("finds river's changes: $name, $mode, $threshold", ({ name, mode, ...wanted }) => {
    const found = pageHinkley(vectors.numbers[name], { ...wanted, direction: mode });
    expect(found.map(({ detectedAt }) => detectedAt)).toEqual(wanted.detections);
  });

  it("says from where the mean is another, within a few values", () => {
    const options = { minInstances: 30, delta: 0.1, threshold: 10, alpha: 1, direction: "up" as const };
    const [change] = pageHinkley(vectors.numbers["one rise"], options);
    expect(Math.abs(change.startsAt - 500)).toBeLessThanOrEqual(3);
    expect(change.before).toBeCloseTo(1, 1);
    expect(change.after).toBeGreaterThan(1.7);
  });
});
