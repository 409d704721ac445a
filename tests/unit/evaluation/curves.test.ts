import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Binning, calibrationBins, expectedCalibrationError } from "../../../shared/evaluation/calibration";
import { liftTable } from "../../../shared/evaluation/liftTable";
import { precisionRecallCurve, rocCurve } from "../../../shared/evaluation/rankingCurves";
import { thinCurve } from "../../../shared/evaluation/thinCurve";
import { averagePrecision, rocAuc } from "../../../shared/math/rankingAreas";
import { seededRandom } from "../../../shared/math/seededRandom";
import { expectNear, golden } from "./golden";

interface Golden {
  name: string;
  positive: number[];
  scores: number[];
  roc: { falsePositiveRate: number[]; truePositiveRate: number[]; thresholds: (number | null)[] } | null;
  precisionRecall: { precision: number[]; recall: number[]; thresholds: number[] } | null;
  calibration: { binning: Binning; bins: number; frequency: number[]; meanProbability: number[] }[];
}
const { cases } = golden<{ cases: Golden[] }>("curves");
const columnsOf = (one: { scores: number[]; positive: number[] }) => ({
  scores: Float64Array.from(one.scores),
  positive: Uint8Array.from(one.positive),
});
const finite = (thresholds: number[]) => thresholds.map((value) => (Number.isFinite(value) ? value : null));

const ranked = fc
  .array(fc.record({ score: fc.integer({ min: 0, max: 12 }), positive: fc.integer({ min: 0, max: 1 }) }), {
    minLength: 1,
    maxLength: 60,
  })
  .map((rows) => ({ scores: rows.map(({ score }) => score / 12), positive: rows.map(({ positive }) => positive) }));

describe("ranking curves", () => {
  it.each(cases)("equal scikit-learn's: $name", (one) => {
    const { scores, positive } = columnsOf(one);
    const roc = rocCurve(scores, positive);
    if (one.roc === null) expect(roc).toBeNull();
    else {
      expectNear(roc?.falsePositiveRate, one.roc.falsePositiveRate, "false positive rate");
      expectNear(roc?.truePositiveRate, one.roc.truePositiveRate, "true positive rate");
      expectNear(finite(roc?.thresholds ?? []), one.roc.thresholds, "thresholds");
    }
    const curve = precisionRecallCurve(scores, positive);
    expect(curve === null).toBe(one.precisionRecall === null);
    if (one.precisionRecall === null) return;
    expectNear(curve?.precision, one.precisionRecall.precision, "precision");
    expectNear(curve?.recall, one.precisionRecall.recall, "recall");
    expectNear(finite(curve?.thresholds ?? []), [...one.precisionRecall.thresholds, null], "thresholds");
  });

  it("hold the areas: under the ROC curve by trapezoids, under precision and recall by steps", () => {
    fc.assert(
      fc.property(ranked, (rows) => {
        const { scores, positive } = columnsOf(rows);
        const roc = rocCurve(scores, positive);
        expect(roc === null).toBe(rocAuc(scores, positive) === null);
        if (roc === null) return;
        const [x, y] = [roc.falsePositiveRate, roc.truePositiveRate];
        const area = x.slice(1).reduce((sum, value, i) => sum + ((value - x[i]) * (y[i + 1] + y[i])) / 2, 0);
        expect(rocAuc(scores, positive)).toBeCloseTo(area, 10);
        const { precision, recall } = precisionRecallCurve(scores, positive)!;
        const steps = recall.slice(1).reduce((sum, value, i) => sum + (recall[i] - value) * precision[i], 0);
        expect(averagePrecision(scores, positive)).toBeCloseTo(steps, 10);
      }),
    );
  });

  it("depend only on the order of the scores, as their areas do", () => {
    fc.assert(
      fc.property(ranked, (rows) => {
        const { scores, positive } = columnsOf(rows);
        const stretched = scores.map((score) => Math.exp(3 * score) - 7);
        expect(rocAuc(stretched, positive)).toBe(rocAuc(scores, positive));
        expect(averagePrecision(stretched, positive)).toBe(averagePrecision(scores, positive));
        expect(rocCurve(stretched, positive)?.truePositiveRate).toEqual(rocCurve(scores, positive)?.truePositiveRate);
      }),
    );
  });
});

describe("thinning a curve", () => {
  const steps = Array.from({ length: 5000 }, (_, i) => i / 5000);
  const bent = steps.map((x) => Math.sqrt(x));

  it("keeps the ends, at most so many points in their order, and the shape", () => {
    const kept = thinCurve(steps, bent, 60);
    expect(kept.length).toBe(60);
    expect([kept[0], kept.at(-1)]).toEqual([0, 4999]);
    expect(kept).toEqual([...kept].sort((a, b) => a - b));
    let worst = 0;
    for (let k = 1; k < kept.length; k++) {
      const [a, b] = [kept[k - 1], kept[k]];
      for (let i = a; i <= b; i++) {
        const line = bent[a] + ((bent[b] - bent[a]) * (steps[i] - steps[a])) / (steps[b] - steps[a]);
        worst = Math.max(worst, Math.abs(line - bent[i]));
      }
    }
    expect(worst).toBeLessThan(1 / 60);
  });

  it("keeps the area under a ROC curve of many rows", () => {
    const random = seededRandom(6);
    const scores = Float64Array.from({ length: 5000 }, () => random());
    const positive = Uint8Array.from(scores, (score) => (random() < score ** 3 ? 1 : 0));
    const roc = rocCurve(scores, positive)!;
    const kept = thinCurve(roc.falsePositiveRate, roc.truePositiveRate, 200);
    const [x, y] = [roc.falsePositiveRate, roc.truePositiveRate].map((rates) => kept.map((i) => rates[i]));
    const area = x.slice(1).reduce((sum, value, i) => sum + ((value - x[i]) * (y[i + 1] + y[i])) / 2, 0);
    expect(roc.thresholds.length).toBeGreaterThan(1000);
    expect(Math.abs(area - (rocAuc(scores, positive) as number))).toBeLessThan(0.001);
  });

  it("leaves a short curve as it is and a straight one with its ends", () => {
    expect(thinCurve([0, 0, 1], [0, 1, 1], 10)).toEqual([0, 1, 2]);
    expect(thinCurve(steps, steps, 10)).toEqual([0, 4999]);
    expect(thinCurve([0.5], [1], 10)).toEqual([0]);
  });

  it("sees a curve that comes back to where it began", () => {
    expect(thinCurve([0, 1, 0], [0, 0, 0], 3)).toEqual([0, 1, 2]);
  });
});

describe("calibration", () => {
  it.each(cases)("equals scikit-learn's curve: $name", (one) => {
    const { scores, positive } = columnsOf(one);
    for (const { binning, bins, frequency, meanProbability } of one.calibration) {
      const found = calibrationBins(scores, positive, { binning, bins });
      const what = `${binning}, ${bins} bins`;
      expectNear(
        found.map((bin) => bin.frequency),
        frequency,
        what,
      );
      expectNear(
        found.map((bin) => bin.meanProbability),
        meanProbability,
        what,
      );
      expect(found.reduce((sum, bin) => sum + bin.rows, 0)).toBe(scores.length);
    }
  });

  it("error is the mean distance of probability and frequency over the rows", () => {
    const { scores, positive } = columnsOf({ scores: [0.1, 0.1, 0.1, 0.1, 0.9], positive: [0, 0, 0, 1, 0] });
    const bins = calibrationBins(scores, positive, { bins: 2, binning: "uniform" });
    expect(bins.map(({ low, high, rows }) => [low, high, rows])).toEqual([
      [0, 0.5, 4],
      [0.5, 1, 1],
    ]);
    expect(expectedCalibrationError(bins)).toBeCloseTo((4 * 0.15 + 1 * 0.9) / 5, 12);
    expect(expectedCalibrationError([])).toBe(0);
  });
});

describe("the lift table", () => {
  it("counts the positives of each part of the ranking", () => {
    const { scores, positive } = columnsOf({
      scores: [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2],
      positive: [1, 1, 1, 0, 0, 1, 0, 0],
    });
    const table = liftTable(scores, positive, 4);
    expect(table.map(({ positives }) => positives)).toEqual([2, 1, 1, 0]);
    expect(table[0]).toEqual({ part: 1, rows: 2, positives: 2, lift: 2, cumulativeGain: 0.5, cumulativeLift: 2 });
    expect(table[3]).toMatchObject({ lift: 0, cumulativeGain: 1, cumulativeLift: 1 });
  });

  it("shares the positives among rows of one score, so that constant scores have no lift", () => {
    const { scores, positive } = columnsOf({ scores: [0.3, 0.3, 0.3, 0.3], positive: [1, 0, 0, 0] });
    for (const { lift } of liftTable(scores, positive)) expect(lift).toBeCloseTo(1, 12);
  });

  it("is empty without positives", () => {
    expect(liftTable(Float64Array.of(0.1, 0.2), Uint8Array.of(0, 0))).toEqual([]);
  });

  it("holds every row and every positive, in whatever order the rows come", () => {
    fc.assert(
      fc.property(ranked, (rows) => {
        const { scores, positive } = columnsOf(rows);
        const table = liftTable(scores, positive);
        const found = rows.positive.reduce((sum, one) => sum + one, 0);
        expect(table.length).toBe(found === 0 ? 0 : 10);
        if (found === 0) return;
        expect(table.reduce((sum, part) => sum + part.positives, 0)).toBeCloseTo(found, 9);
        expect(table.reduce((sum, part) => sum + part.rows, 0)).toBeCloseTo(scores.length, 9);
        expect(liftTable(scores.toReversed(), positive.toReversed())).toEqual(table);
      }),
    );
  });
});
