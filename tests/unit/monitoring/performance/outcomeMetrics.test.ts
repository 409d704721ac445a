import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countOutcomes } from "../../../../shared/monitoring/countOutcomes";
import type { OutcomeProfile } from "../../../../shared/monitoring/outcomeProfile";
import { metricInterval } from "../../../../shared/monitoring/performance/metricInterval";
import {
  classMetrics,
  type OutcomeMetric,
  outcomeMetric,
  valueMetrics,
} from "../../../../shared/monitoring/performance/outcomeMetrics";
import { sumOutcomes, withoutPart } from "../../../../shared/monitoring/performance/sumOutcomes";
import { expectNear, golden } from "../../evaluation/golden";

interface ClassCase {
  name: string;
  classes: string[];
  positiveIndex?: number;
  decisionThreshold?: number;
  target: number[];
  probabilities: number[][];
  expected: Record<string, number | null>;
}

const classCases = golden<{ cases: ClassCase[] }>("classification").cases;
const valueCases = golden<{
  cases: { name: string; target: number[]; predictions: number[]; expected: Record<string, number | null> }[];
}>("regression").cases;

function counted({ classes, positiveIndex = 1, decisionThreshold = 0.5, target, probabilities }: ClassCase) {
  const outcomes = target.map((truth, row) => {
    const scores = probabilities[row];
    const decided = scores[positiveIndex] >= decisionThreshold ? positiveIndex : 1 - positiveIndex;
    const predicted = classes.length === 2 ? decided : scores.indexOf(Math.max(...scores));
    return { truth, predicted, probabilities: scores, slices: [] };
  });
  const scored = classes.length === 2 ? [classes[positiveIndex]] : classes;
  return countOutcomes({ classes, scored }, outcomes);
}

describe("metrics of counted outcomes", () => {
  it.each(classCases)("are scikit-learn's for classes: $name", (one) => {
    const outcomes = counted(one);
    const positive = one.classes.length === 2 ? one.classes[one.positiveIndex ?? 1] : undefined;
    for (const metric of classMetrics) {
      const value = outcomeMetric(metric, outcomes, positive);
      // the areas are over bins; a ratio without cases is 0 there, and unknown here
      if (value === null || !(metric in one.expected)) continue;
      if (metric === "rocAuc" || metric === "prAuc")
        expect(Math.abs(value - (one.expected[metric] as number)), metric).toBeLessThan(0.03);
      else expectNear(value, one.expected[metric], metric);
    }
  });

  it.each(valueCases)("are scikit-learn's for values: $name", ({ target, predictions, expected }) => {
    const outcomes = countOutcomes(
      { classes: [], scored: [] },
      target.map((truth, row) => ({ truth, value: predictions[row], slices: [] })),
    );
    for (const metric of valueMetrics) {
      const value = outcomeMetric(metric, outcomes);
      if (value !== null) expectNear(value, expected[metric], metric);
    }
  });

  it("are unknown where the rows cannot tell: no positive row is not a recall of 0", () => {
    const rows = [0, 0, 0].map((truth) => ({ truth, predicted: 0, probabilities: [0.9, 0.1], slices: [] }));
    const outcomes = countOutcomes({ classes: ["no", "yes"], scored: ["yes"] }, rows);
    const unknown = classMetrics.filter((metric) => outcomeMetric(metric, outcomes, "yes") === null);
    expect(unknown).toEqual(["precision", "recall", "f1", "mcc", "rocAuc", "prAuc"]);
    expect(outcomeMetric("accuracy", outcomes, "yes")).toBe(1);
    const unlabelled = countOutcomes({ classes: ["no", "yes"], scored: ["yes"] }, []);
    for (const metric of classMetrics) expect(outcomeMetric(metric, unlabelled, "yes")).toBeNull();
  });
});

const outcome = fc.record({
  truth: fc.option(fc.integer({ min: 0, max: 1 }), { nil: undefined }),
  predicted: fc.integer({ min: 0, max: 1 }),
  probabilities: fc.double({ min: 0, max: 1, noNaN: true }).map((p) => [1 - p, p]),
  slices: fc.constantFrom([], ["pool=north"], ["pool=south"]),
});
const shape = { classes: ["no", "yes"], scored: ["yes"] };
const part = fc.array(outcome, { maxLength: 30 }).map((rows) => countOutcomes(shape, rows));

describe("any outcomes", () => {
  it("add up to what is counted of all of them, and a part can be taken off again", () => {
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 60 }), fc.integer({ min: 0, max: 60 }), (rows, cut) => {
        const [first, second] = [rows.slice(0, cut), rows.slice(cut)].map((some) => countOutcomes(shape, some));
        const whole = sumOutcomes(shape.classes, [first, second]);
        const { sumBrier, sumLogLoss, ...counts } = countOutcomes(shape, rows);
        expect(whole).toMatchObject({ ...counts, scores: { yes: { labelled: counts.scores.yes.labelled } } });
        expect(whole.sumBrier).toBeCloseTo(sumBrier, 9);
        expect(whole.sumLogLoss).toBeCloseTo(sumLogLoss, 6);
        expect(withoutPart(whole, second)).toMatchObject({ labelled: first.labelled, confusion: first.confusion });
      }),
    );
  });

  it("have finite metrics, and intervals that hold them and widen with the confidence", () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.constantFrom(...classMetrics), (parts, metric) => {
        const whole = sumOutcomes(shape.classes, parts);
        checkInterval(metric, { whole, parts });
      }),
    );
  });
});

function checkInterval(metric: OutcomeMetric, outcomes: { whole: OutcomeProfile; parts: OutcomeProfile[] }): void {
  const value = outcomeMetric(metric, outcomes.whole, "yes");
  const interval = (confidence: number) => metricInterval(metric, outcomes, { positive: "yes", confidence });
  const [narrow, wide] = [interval(0.9), interval(0.99)];
  if (value === null) {
    expect(wide).toBeUndefined();
    return;
  }
  expect(Number.isFinite(value)).toBe(true);
  if (narrow === undefined || wide === undefined) return;
  for (const end of [...narrow, ...wide]) expect(Number.isFinite(end)).toBe(true);
  expect(wide[0]).toBeLessThanOrEqual(narrow[0] + 1e-12);
  expect(wide[1]).toBeGreaterThanOrEqual(narrow[1] - 1e-12);
  expect(narrow[0]).toBeLessThanOrEqual(value + 1e-9);
  expect(narrow[1]).toBeGreaterThanOrEqual(value - 1e-9);
}
