import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OutcomeProfile } from "../../../../shared/monitoring/outcomeProfile";
import {
  calibrated,
  calibrationCurve,
  estimateOutcomes,
} from "../../../../shared/monitoring/performance/estimateOutcomes";
import { type OutcomeMetric, outcomeMetric } from "../../../../shared/monitoring/performance/outcomeMetrics";
import { golden } from "../../evaluation/golden";

const { reference, chunks } = golden<{
  reference: { rows: number[]; positives: number[] };
  chunks: {
    rows: number[];
    predictedPositive: number;
    estimated: Record<string, number>;
    realized: Record<string, number>;
  }[];
}>("cbpe");

/** Rows of the data set's reference part by score, its positives first. */
const expanded = reference.rows.flatMap((rows, score) =>
  Array.from({ length: rows }, (_, i) => ({ score: score / 100, positive: i < reference.positives[score] ? 1 : 0 })),
);
const curve = calibrationCurve(
  expanded.map(({ score }) => score),
  expanded.map(({ positive }) => positive),
);
const model = { classes: ["0", "1"], positive: "1" };

function estimate(counts: number[], predictedPositive: number): OutcomeProfile {
  const [rows, sums] = [new Array<number>(50).fill(0), new Array<number>(50).fill(0)];
  for (const [score, count] of counts.entries()) {
    const bin = Math.min(49, Math.floor((score / 100) * 50));
    rows[bin] += count;
    sums[bin] += (count * score) / 100;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const labels = { "0": total - predictedPositive, "1": predictedPositive };
  return estimateOutcomes({ rows: total, labels, scores: { "1": { rows, sums } } }, curve, model);
}

const names: [OutcomeMetric, string][] = [
  ["rocAuc", "roc_auc"],
  ["accuracy", "accuracy"],
  ["precision", "precision"],
  ["recall", "recall"],
  ["f1", "f1"],
];

describe("performance by calibrated confidences", () => {
  it.each(chunks.map((chunk, i) => [i, chunk] as const))("is NannyML's within 0.01 in chunk %i", (_i, chunk) => {
    const expected = estimate(chunk.rows, chunk.predictedPositive);
    for (const [metric, name] of names) {
      const value = outcomeMetric(metric, expected, "1") as number;
      expect(Math.abs(value - chunk.estimated[name]), `${name}: ${value}`).toBeLessThan(0.01);
    }
    expect(Math.abs((outcomeMetric("rocAuc", expected, "1") as number) - chunk.realized.roc_auc)).toBeLessThan(0.01);
  });

  it("gives rows to as many predictions as there were, and shares between 0 and 1", () => {
    const counts = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 101, maxLength: 101 });
    fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 1, noNaN: true }), (rows, share) => {
        const total = rows.reduce((sum, count) => sum + count, 0);
        const { confusion } = estimate(rows, Math.floor(share * total));
        const cells = confusion.flat();
        for (const cell of cells) expect(cell).toBeGreaterThanOrEqual(0);
        expect(cells.reduce((sum, cell) => sum + cell, 0)).toBeCloseTo(total, 6);
        expect(confusion[0][1] + confusion[1][1]).toBeCloseTo(Math.floor(share * total), 6);
      }),
    );
  });
});

describe("the calibration curve", () => {
  it("never falls, stays between 0 and 1, and has the mean of what it was fitted on", () => {
    const row = fc.record({
      score: fc.double({ min: 0, max: 1, noNaN: true }),
      positive: fc.integer({ min: 0, max: 1 }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 80 }), (rows) => {
        const fitted = calibrationCurve(
          rows.map(({ score }) => score),
          rows.map(({ positive }) => positive),
        );
        const grid = Array.from({ length: 21 }, (_, i) => calibrated(fitted, i / 20));
        for (const [i, value] of grid.entries()) {
          expect(value).toBeGreaterThanOrEqual(i === 0 ? 0 : grid[i - 1] - 1e-12);
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
        }
        const sum = rows.reduce((total, { score }) => total + calibrated(fitted, score), 0);
        expect(sum).toBeCloseTo(
          rows.reduce((total, { positive }) => total + positive, 0),
          6,
        );
      }),
    );
  });
});
