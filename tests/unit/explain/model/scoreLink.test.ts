import { describe, expect, it } from "vitest";
import type { Outputs } from "../../../../shared/explain/model/blackBox";
import { scoreLink } from "../../../../shared/explain/model/scoreLink";

const scores = Array.from({ length: 12 }, (_, i) => [Math.sin(i * 1.7) * 2, Math.cos(i * 0.9) - 0.5, Math.sin(i * i)]);
const outputs = (rows: number[][]): Outputs => ({
  values: Float64Array.from(rows.flat(), Math.fround),
  outputCount: rows[0].length,
});
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const first = scores.map(([z]) => [z]);
const two = (p: (z: number) => number) => outputs(first.map(([z]) => [1 - p(z), p(z)]));

describe("how trees' scores become answers", () => {
  it("recognises probabilities, log-odds and softmax scores", () => {
    const own = first.map(([z]) => [(z + 2) / 4]);
    const asProbability = outputs(own.map(([p]) => [1 - p, p]));
    expect(scoreLink(outputs(own), asProbability, 1)).toEqual({ link: "identity", weights: [1], offset: 0 });
    expect(scoreLink(outputs(own), asProbability, 0)).toEqual({ link: "identity", weights: [-1], offset: 1 });
    expect(scoreLink(outputs(first), two(sigmoid), 1)).toEqual({ link: "sigmoid", weights: [1], offset: 0 });
    const odds = scores.map((row) => row.map((z) => Math.exp(z)));
    const soft = odds.map((row) => row.map((power) => power / row.reduce((sum, one) => sum + one, 0)));
    expect(scoreLink(outputs(scores), outputs(soft), 2)).toEqual({ link: "softmax", weights: [0, 0, 1], offset: 0 });
  });

  it("recognises scores of the first class", () => {
    const answers = outputs(first.map(([z]) => [sigmoid(z), 1 - sigmoid(z)]));
    expect(scoreLink(outputs(first), answers, 1)).toEqual({ link: "sigmoid", weights: [-1], offset: 0 });
  });

  it("finds the weights of a value that is a sum of the scores", () => {
    const answers = outputs(scores.map(([a, b, c]) => [3 * a - 0.5 * b + 1e-4 * c + 40]));
    const found = scoreLink(outputs(scores), answers, 0);
    expect(found?.link).toBe("affine");
    for (const [i, weight] of [3, -0.5, 1e-4].entries()) expect(found?.weights[i]).toBeCloseTo(weight, 5);
    expect(found?.offset).toBeCloseTo(40, 5);
  });

  it("treats a calibrated probability as one that rises with the score, and no more", () => {
    expect(
      scoreLink(
        outputs(first),
        two((z) => sigmoid(2 * z - 1)),
        1,
      )?.link,
    ).toBe("monotone");
    expect(
      scoreLink(
        outputs(first),
        two((z) => 0.5 + 0.4 * Math.sin(3 * z)),
        1,
      ),
    ).toBeUndefined();
    expect(scoreLink(outputs(first), outputs(first.map(([z]) => [Math.sin(3 * z)])), 0)).toBeUndefined();
  });

  it("does not mistake a line through two points for the whole", () => {
    const twoValues = first.map(([z]) => [z > 0 ? 1 : 0]);
    expect(scoreLink(outputs(twoValues), outputs(twoValues.map(([z]) => [5 * z * z + 1])), 0)).toBeUndefined();
  });
});
