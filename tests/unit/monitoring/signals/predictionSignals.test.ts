import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../../shared/math/seededRandom";
import { estimatedPerformance } from "../../../../shared/monitoring/signals/estimatedPerformance";
import { predictionDrift } from "../../../../shared/monitoring/signals/predictionDrift";
import { classifiedRows, referenceOf, unsureRows, windowOf } from "./outcomeRows";
import { type Known, model, watchedWith } from "./watchedRows";

const holdout = classifiedRows(4000, 1);
const reference = async () => referenceOf(holdout);
const drift = (known: Known) => predictionDrift.evaluate(watchedWith(predictionDrift.settings.parse({}), known));
const estimate = (known: Known, given: object = {}) =>
  estimatedPerformance.evaluate(watchedWith(estimatedPerformance.settings.parse(given), known));

describe("prediction drift", () => {
  it("says how scores and classes moved", async () => {
    const found = await drift({ reference, captured: async () => windowOf(unsureRows(1000, 6)) });
    expect(found.findings.map(({ subject, verdict }) => [subject, verdict])).toEqual([
      ["score of wet", "drift"],
      ["predicted class", "drift"],
    ]);
    expect(found.sentence).toMatch(/the mean score of wet is 0\.5\d*, 0\.3\d* at training/);
    expect(found.alerts).toMatchObject([{ raise: { rule: "model-drift", severity: "warning" } }]);
  });

  it("asks two of three windows of a series, and says where nothing was kept to compare with", async () => {
    const captured = async () => windowOf(unsureRows(1000, 6));
    const found = await drift({ reference, captured, model: { ...model, isSeries: true } });
    expect(found.alerts).toMatchObject([{ raise: { confirm: { needed: 2, among: 3 } } }]);
    const unknown = await drift({ captured });
    expect(unknown).toMatchObject({ verdict: "insufficient_data", alerts: [] });
    expect(unknown.reason).toContain("a version that is trained now has them");
  });

  it("is quiet in 200 windows without drift", async () => {
    const verdicts = await Promise.all(
      Array.from(
        { length: 200 },
        async (_, i) =>
          (await drift({ reference, captured: async () => windowOf(classifiedRows(300, 100 + i)) })).verdict,
      ),
    );
    expect(verdicts.filter((verdict) => verdict === "drift")).toEqual([]);
  });

  it("compares the predicted values of a regression model", async () => {
    const edges = Array.from({ length: 9 }, (_, i) => i - 4);
    const values = (rows: number, shift: number, seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: rows }, () => shift + 10 * (random() + random() - 1) * 0.4);
    };
    const profileOf = (predicted: number[]) => {
      const bins = new Array<number>(10).fill(0);
      for (const value of predicted) bins[edges.filter((edge) => edge <= value).length]++;
      const sum = predicted.reduce((total, value) => total + value, 0);
      const sumSquares = predicted.reduce((total, value) => total + value * value, 0);
      return { rows: predicted.length, labels: {}, scores: {}, values: { bins, sum, sumSquares } };
    };
    const known = (shift: number): Known => {
      const predicted = values(2000, 0, 1);
      const before = {
        predictions: profileOf(predicted),
        valueEdges: edges,
        predicted,
        truths: predicted,
        probabilities: [],
      };
      const now = { ...windowOf(classifiedRows(500, 2)), predictions: profileOf(values(500, shift, 2)) };
      const regression = { ...model, task: "regression" as const, classes: [], positive: undefined };
      return { model: regression, reference: async () => referenceOf(before), captured: async () => now };
    };
    expect(await drift(known(0))).toMatchObject({ verdict: "ok" });
    expect(await drift(known(1.5))).toMatchObject({ verdict: "drift", findings: [{ subject: "predicted value" }] });
  });
});

describe("estimated performance", () => {
  it("says that it cannot see what the inputs mean now, whatever it finds", async () => {
    for (const rows of [classifiedRows(1000, 2), unsureRows(1000, 3)]) {
      const { sentence } = await estimate({ reference, captured: async () => windowOf(rows) });
      expect(sentence).toContain("is estimated at");
      expect(sentence).toContain("cannot see whether the inputs mean something else for the label now");
    }
  });

  it("makes no estimate where scores or inputs lie outside the baseline's support", async () => {
    const inputs = await estimate({ reference, captured: async () => windowOf(classifiedRows(1000, 2), 20) });
    expect(inputs).toMatchObject({ verdict: "insufficient_data", findings: [], alerts: [] });
    expect(inputs.reason).toMatch(/^outside support: 100 % of x lie beyond the training rows/);
    const low = { ...holdout, predictions: classifiedRows(4000, 1).predictions };
    low.predictions.scores.wet.rows.fill(0, 15);
    const scores = await estimate({
      reference: async () => referenceOf(low),
      captured: async () => windowOf(classifiedRows(1000, 2)),
    });
    expect(scores.reason).toMatch(
      /^outside support: \d+\.?\d* % of the scores of wet lie where the hold-out rows had none/,
    );
  });

  it("says what is missing: two classes, hold-out rows, predictions", async () => {
    const captured = async () => windowOf(classifiedRows(1000, 2));
    const three = { ...model, classes: ["a", "b", "c"], positive: undefined };
    expect((await estimate({ reference, captured, model: three })).reason).toContain("probabilities of two classes");
    expect((await estimate({ captured })).reason).toContain(
      "0 hold-out rows are kept with this version; 300 are needed",
    );
    const few = await estimate({ reference, captured: async () => windowOf(classifiedRows(20, 2)) });
    expect(few.reason).toContain("20 predictions in 7 days; 100 are needed (minRows)");
  });
});
