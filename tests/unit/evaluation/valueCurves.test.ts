import { describe, expect, it } from "vitest";
import { valueCurves } from "../../../shared/evaluation/valueCurves";

const numbers = (count: number, value: (i: number) => number) =>
  Float64Array.from({ length: count }, (_, i) => value(i));

describe("predicted numbers beside observed ones", () => {
  it("are divided into equal shares by the prediction, each with its means and the middle of what was observed", () => {
    const predictions = numbers(200, (i) => (i * 7) % 200);
    const { parts } = valueCurves({ predictions, target: predictions.map((value) => 2 * value) });
    expect(parts).toHaveLength(20);
    expect(parts[0]).toEqual({ rows: 10, meanPredicted: 4.5, meanObserved: 9, low: 1.8, high: 16.2 });
    expect(parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(200);
    expect(parts.map(({ meanPredicted }) => meanPredicted)).toEqual(Array.from({ length: 20 }, (_, i) => 4.5 + 10 * i));
  });

  it("have errors in bins of equal width that hold every row, a wild one among the outermost", () => {
    const target = numbers(1000, () => 0);
    const { errors } = valueCurves({ target, predictions: numbers(1000, (i) => (i === 0 ? 1e9 : i - 500)) });
    expect(errors).toHaveLength(20);
    expect(errors.reduce((sum, { rows }) => sum + rows, 0)).toBe(1000);
    expect(errors[0].from).toBeCloseTo(-494, 0);
    expect(errors[19].to).toBeLessThan(500);
    expect(errors[19].rows).toBeGreaterThan(errors[10].rows);
  });

  it("make do with few rows, and with errors that are all the same", () => {
    const { parts, errors } = valueCurves({ target: Float64Array.of(1, 2), predictions: Float64Array.of(2, 3) });
    expect(parts).toHaveLength(1);
    expect(errors).toEqual([{ from: 1, to: 1, rows: 2 }]);
  });
});
