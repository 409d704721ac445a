import { describe, expect, it } from "vitest";
import { regressionMetrics } from "../../../shared/evaluation/regressionMetrics";
import { isBetter, selectionMetricValue } from "../../../shared/evaluation/selectionMetric";
import { weightedMetric } from "../../../shared/evaluation/weightedMetric";
import { expectNear, golden } from "./golden";

interface Golden {
  name: string;
  target: number[];
  predictions: number[];
  expected: Record<string, number | null>;
  weights?: number[];
  weighted?: Record<string, number>;
}
const { cases } = golden<{ cases: Golden[] }>("regression");
const outputOf = ({ target, predictions }: Pick<Golden, "target" | "predictions">) => ({
  target: Float64Array.from(target),
  predictions: Float64Array.from(predictions),
});

describe("regression metrics", () => {
  it.each(cases)("equal scikit-learn's: $name", (one) => {
    const metrics = regressionMetrics(outputOf(one));
    for (const [name, expected] of Object.entries(one.expected)) expectNear(metrics[name as "mae"], expected, name);
  });

  it.each(cases.filter(({ weights }) => weights))("count rows by their weights as scikit-learn does: $name", (one) => {
    for (const [name, expected] of Object.entries(one.weighted ?? {}))
      expectNear(weightedMetric(name as "mae", outputOf(one))(one.weights as number[]), expected, name);
  });

  it("see that all targets are equal though their mean is rounded", () => {
    const output = outputOf({ target: [0.1, 0.1, 0.1], predictions: [0.1, 0.1, 0.2] });
    expect(regressionMetrics(output).r2).toBe(0);
  });

  it("do not depend on the order of the rows", () => {
    for (const one of cases) {
      const forward = regressionMetrics(outputOf(one));
      const backward = regressionMetrics(
        outputOf({ target: [...one.target].reverse(), predictions: [...one.predictions].reverse() }),
      );
      for (const [name, value] of Object.entries(forward)) expectNear(backward[name as "mae"], value, name);
    }
  });
});

describe("selection metrics", () => {
  it("know whether less or more is better", () => {
    for (const metric of ["rmse", "mae", "brier", "logLoss"] as const) expect(isBetter(metric, 1, 2)).toBe(true);
    for (const metric of ["r2", "balancedAccuracy", "rocAuc"] as const) expect(isBetter(metric, 1, 2)).toBe(false);
    expect(isBetter("rmse", Number.NaN, 2)).toBe(false);
  });

  it("of numbers are those of the regression metrics", () => {
    const output = outputOf(cases[0]);
    const metrics = regressionMetrics(output);
    for (const metric of ["rmse", "mae", "r2"] as const)
      expect(selectionMetricValue(metric, output)).toBeCloseTo(metrics[metric] as number, 12);
  });

  it("do not take classes for numbers", () => {
    expect(() => selectionMetricValue("brier", outputOf(cases[0]))).toThrow("brier is a metric of classes");
  });
});
