import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wilson } from "../../../../shared/monitoring/performance/metricInterval";
import { benjaminiHochberg } from "../../../../shared/monitoring/statistics/benjaminiHochberg";
import { normalExceeds, studentTail } from "../../../../shared/monitoring/statistics/normal";
import { differenceInterval, partedMean } from "../../../../shared/monitoring/statistics/partedMean";
import { golden } from "../../evaluation/golden";

const vectors = golden<{
  wilson: { hits: number; rows: number; confidence: number; interval: [number, number] }[];
  studentTail: { tail: number; degrees: number; value: number }[];
  normalExceeds: { z: number; p: number }[];
  benjaminiHochberg: { p: number[]; q: number; significant: boolean[] }[];
}>("monitorStatistics");
/** exact quantiles, so that the vectors judge the formula alone */
const exactZ: Record<number, number> = { 0.9: 1.6448536269514722, 0.99: 2.5758293035489004 };

describe("intervals and tests", () => {
  it("gives scipy's Wilson intervals", () => {
    for (const { hits, rows, confidence, interval } of vectors.wilson) {
      const [low, high] = wilson(hits / rows, rows, exactZ[confidence]);
      expect(low).toBeCloseTo(interval[0], 9);
      expect(high).toBeCloseTo(interval[1], 9);
    }
  });

  it("gives scipy's quantiles of Student's t within 1 %, and normal tails within 1e-7", () => {
    for (const { tail, degrees, value } of vectors.studentTail)
      expect(Math.abs(studentTail(tail, degrees) / value - 1), `${tail} ${degrees}`).toBeLessThan(0.01);
    for (const { z, p } of vectors.normalExceeds) expect(Math.abs(normalExceeds(z) - p)).toBeLessThan(1e-7);
  });

  it("finds the tests significant that scipy does", () => {
    for (const { p, q, significant } of vectors.benjaminiHochberg) expect(benjaminiHochberg(p, q)).toEqual(significant);
    expect(benjaminiHochberg([], 0.01)).toEqual([]);
  });

  it("holds the difference of means of parts that vary, and is symmetric in them", () => {
    const part = fc.record({ rows: fc.integer({ min: 1, max: 50 }), sum: fc.double({ min: 0, max: 50, noNaN: true }) });
    const parts = fc.array(part, { minLength: 2, maxLength: 20 }).map(partedMean);
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const [low, high] = differenceInterval(a, b, 0.99);
        expect(low).toBeLessThanOrEqual(a.mean - b.mean);
        expect(high).toBeGreaterThanOrEqual(a.mean - b.mean);
        const [back] = differenceInterval(b, a, 0.99);
        expect(back).toBeCloseTo(-high, 9);
      }),
    );
    expect(partedMean([])).toEqual({ rows: 0, parts: 0, mean: 0, error: 0 });
  });
});
