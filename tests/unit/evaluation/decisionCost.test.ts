import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bestThreshold,
  costByRow,
  leastCostClasses,
  theoreticalThreshold,
} from "../../../shared/evaluation/decisionCost";
import { balancedAccuracy, classScores, confusionMatrix, fBeta } from "../../../shared/math/confusion";
import { expectNear, golden } from "./golden";

interface Golden {
  name: string;
  classes: number;
  target: number[];
  decided: number[];
  balancedAccuracy: number;
  fBeta: Record<string, number[]>;
  specificity: number[];
}
const { cases } = golden<{ cases: Golden[] }>("decisions");

describe("scores of decisions", () => {
  it.each(cases)("equal scikit-learn's: $name", (one) => {
    const matrix = confusionMatrix(Int32Array.from(one.target), Int32Array.from(one.decided), one.classes);
    expectNear(balancedAccuracy(matrix), one.balancedAccuracy, "balanced accuracy");
    for (const [beta, expected] of Object.entries(one.fBeta))
      expectNear(
        matrix.map((_row, code) => fBeta(matrix, code, Number(beta))),
        expected,
        `F${beta}`,
      );
    expectNear(
      matrix.map((_row, code) => classScores(matrix, code).specificity),
      one.specificity,
      "specificity",
    );
  });
});

const matrix = (costs: number[][]) => ({ unit: "EUR", costs });
const alarm = matrix([
  [0, 1],
  [4, 0],
]);
const scores = Float64Array.of(0.1, 0.3, 0.3, 0.6, 0.9);
const target = Int32Array.of(0, 0, 1, 0, 1);

describe("the cost of decisions", () => {
  it("is read from the matrix at the actual and the decided class", () => {
    expect(Array.from(costByRow(target, Int32Array.of(0, 1, 0, 1, 1), alarm))).toEqual([0, 1, 4, 1, 0]);
  });

  it("is least in expectation where the probability passes the theoretical threshold", () => {
    expect(theoreticalThreshold(alarm, 1)).toBeCloseTo(0.2, 12);
    expect(theoreticalThreshold(alarm, 0)).toBeCloseTo(0.8, 12);
    const probabilities = Float64Array.of(0.85, 0.15, 0.75, 0.25);
    expect(Array.from(leastCostClasses(probabilities, alarm))).toEqual([0, 1]);
  });

  it("has no theoretical threshold where one decision never costs more", () => {
    expect(
      theoreticalThreshold(
        matrix([
          [0, 0],
          [4, 0],
        ]),
        1,
      ),
    ).toBeNull();
    expect(
      theoreticalThreshold(
        matrix([
          [0, 0],
          [0, 0],
        ]),
        1,
      ),
    ).toBeNull();
  });
});

describe("the best threshold", () => {
  it("is the score from which deciding costs least", () => {
    expect(bestThreshold(scores, target, alarm, 1)).toEqual({ threshold: 0.3, costPerRow: 2 / 5 });
  });

  it("is 0.5 where that decides the same as the best score, or all thresholds cost the same", () => {
    const wide = Float64Array.of(0.1, 0.8);
    expect(bestThreshold(wide, Int32Array.of(0, 1), alarm, 1)).toEqual({ threshold: 0.5, costPerRow: 0 });
    const free = matrix([
      [0, 0],
      [0, 0],
    ]);
    expect(bestThreshold(scores, target, free, 1)).toEqual({ threshold: 0.5, costPerRow: 0 });
  });

  it("lies above all scores where deciding never pays", () => {
    const { threshold } = bestThreshold(scores, new Int32Array(5), alarm, 1);
    expect(threshold).toBeCloseTo(0.95, 12);
    expect(Math.fround(bestThreshold(Float64Array.of(1), Int32Array.of(0), alarm, 1).threshold)).toBeGreaterThan(1);
  });

  it("is never beaten by another, whatever the costs, the ties and the order of the rows", () => {
    const rows = fc.array(fc.record({ p: fc.integer({ min: 0, max: 20 }), y: fc.integer({ min: 0, max: 1 }) }), {
      minLength: 1,
      maxLength: 40,
    });
    const cost = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(
        rows,
        fc.array(cost, { minLength: 4, maxLength: 4 }),
        fc.integer({ min: 0, max: 1 }),
        (list, c, positive) => {
          const costs = matrix([c.slice(0, 2), c.slice(2)]);
          const p = Float64Array.from(list, (row) => row.p / 20);
          const y = Int32Array.from(list, (row) => row.y);
          const costAt = (threshold: number) => {
            const decided = Int32Array.from(p, (value) => (value >= threshold ? positive : 1 - positive));
            return costByRow(y, decided, costs).reduce((sum, value) => sum + value, 0) / y.length;
          };
          const best = bestThreshold(p, y, costs, positive);
          expect(costAt(best.threshold)).toBeCloseTo(best.costPerRow, 9);
          for (let t = 0; t <= 2.1; t += 0.025) expect(costAt(t)).toBeGreaterThan(best.costPerRow - 1e-9);
          expect(bestThreshold(p.toReversed(), y.toReversed(), costs, positive)).toEqual(best);
        },
      ),
    );
  });
});
