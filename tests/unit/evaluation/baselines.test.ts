import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { prepareDataset } from "../../../shared/data/prepareDataset";
import { baselinePredictions } from "../../../shared/evaluation/baselines";
import { loadUsecases } from "../../../shared/usecase/loadUsecases";
import { withFiles } from "../data/inSession";

const data = {
  classes: ["a", "b", "c"],
  target: Int32Array.of(0, 0, 1, 1, 1, 2, 0, 0),
  currentClass: Int32Array.of(0, 0, 0, 1, 1, -1, 2, -1),
};
const rows = { train: Int32Array.of(0, 1, 2, 3, 4, 5), evaluate: Int32Array.of(6, 7, 0, 3) };
const marginal = [2 / 6, 3 / 6, 1 / 6];

describe("baselines", () => {
  it("majority gives the class frequencies of the training rows", () => {
    expect(Array.from(baselinePredictions("majority", data, rows))).toEqual(
      [marginal, marginal, marginal, marginal].flat(),
    );
  });

  it("persistence gives them for the current class, smoothed by one row of all; where that is unknown or new, as majority does", () => {
    const [a, b, c] = marginal;
    const expected = [marginal, marginal, [(2 + a) / 4, (1 + b) / 4, c / 4], [a / 3, (2 + b) / 3, c / 3]].flat();
    const predicted = baselinePredictions("persistence", data, rows);
    for (const [at, value] of predicted.entries()) expect(value).toBeCloseTo(expected[at], 12);
    expect(predicted).toHaveLength(expected.length);
  });

  it("give the figures that scikit-learn gives for the sample that ships", async () => {
    const { spec, folder } = loadUsecases("models").get("weather")!;
    const name = spec.sample as string;
    const prepared = await withFiles([{ name, content: readFileSync(path.join(folder, name)) }], (session, [file]) =>
      prepareDataset(session, [{ version: 1, path: file }], spec),
    );
    const { trainRows: train, holdoutRows: evaluate, target } = prepared;
    expect(evaluate.length).toBe(13_044);
    const probabilities = baselinePredictions("persistence", prepared, { train, evaluate });
    const positive = Array.from(evaluate, (_, i) => probabilities[2 * i + 1]);
    const brier = positive.reduce((sum, p, i) => sum + (p - target[evaluate[i]]) ** 2, 0) / evaluate.length;
    const correct = positive.filter((p, i) => (p >= 0.5 ? 1 : 0) === target[evaluate[i]]).length / evaluate.length;
    expect(brier).toBeCloseTo(0.0427, 4);
    expect(correct).toBeCloseTo(0.939, 3);
  });
});
