import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classificationMetrics } from "../../../shared/evaluation/classificationMetrics";

interface Golden {
  name: string;
  classes: string[];
  positiveIndex: number | null;
  decisionThreshold: number;
  target: number[];
  probabilities: number[][];
  expected: Record<string, number | null>;
  confusionMatrix: number[][];
}
const golden = JSON.parse(readFileSync("tests/vectors/classification.json", "utf8")) as {
  source: string;
  cases: Golden[];
};

const outputOf = (one: Golden) => ({
  classes: one.classes,
  positiveIndex: one.positiveIndex ?? undefined,
  decisionThreshold: one.decisionThreshold,
  target: Int32Array.from(one.target),
  probabilities: Float64Array.from(one.probabilities.flat()),
});

describe("classification metrics", () => {
  it.each(golden.cases)("equal scikit-learn's: $name", (one) => {
    const metrics = classificationMetrics(outputOf(one));
    expect(metrics.confusionMatrix).toEqual(one.confusionMatrix);
    for (const [name, expected] of Object.entries(one.expected)) {
      const actual = metrics[name as "accuracy"];
      if (expected === null) expect(actual, name).toBeNull();
      else expect(Math.abs(actual - expected), name).toBeLessThan(1e-9);
    }
  });

  it("do not depend on the order of the rows", () => {
    const rows = fc.array(fc.record({ p: fc.double({ min: 0, max: 1, noNaN: true }), y: fc.constantFrom(0, 1) }), {
      minLength: 2,
      maxLength: 40,
    });
    const metricsOf = (list: { p: number; y: number }[]) =>
      classificationMetrics({
        classes: ["no", "yes"],
        positiveIndex: 1,
        target: Int32Array.from(list, ({ y }) => y),
        probabilities: Float64Array.from(list.flatMap(({ p }) => [1 - p, p])),
      });
    fc.assert(
      fc.property(rows, (list) => {
        const forward = metricsOf(list);
        const backward = metricsOf([...list].reverse());
        expect(backward.confusionMatrix).toEqual(forward.confusionMatrix);
        for (const name of ["rocAuc", "prAuc", "brier", "logLoss", "mcc"] as const) {
          if (forward[name] === null) expect(backward[name]).toBeNull();
          else expect(backward[name]).toBeCloseTo(forward[name] as number, 10);
        }
      }),
      { numRuns: 100 },
    );
  });
});
