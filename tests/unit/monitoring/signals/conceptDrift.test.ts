import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../../shared/math/seededRandom";
import { countOutcomes } from "../../../../shared/monitoring/countOutcomes";
import { conceptDrift } from "../../../../shared/monitoring/signals/conceptDrift";
import { hourMs } from "../../../../shared/time";
import { classifiedRows, followedBy, servedOver } from "./outcomeRows";
import { at, type Known, model, watchedWith } from "./watchedRows";

const evaluate = (known: Known, given: object = {}) =>
  conceptDrift.evaluate(watchedWith(conceptDrift.settings.parse(given), known));
const regression = { ...model, task: "regression" as const, classes: [], positive: undefined };

/** Hours of a regression model whose errors have the deviation that an hour has. */
function valueHours(hours: number, deviationOf: (hour: number) => number) {
  const random = seededRandom(4);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: hours }, (_, i) => ({
    hour: new Date(at.getTime() - (hours - i) * hourMs),
    outcomes: countOutcomes(
      { classes: [], scored: [] },
      Array.from({ length: 5 }, () => ({ truth: 10, value: 10 + deviationOf(i) * normal(), slices: [] })),
    ),
  }));
}

describe("concept drift", () => {
  it("names the hour from which predictions are more often wrong", async () => {
    const rows = followedBy(classifiedRows(800, 3), classifiedRows(800, 4, 0.4));
    const found = await evaluate({ outcomes: async () => servedOver(400, rows) });
    expect(found).toMatchObject({ verdict: "drift", alerts: [{ raise: { rule: "concept-drift" } }] });
    const changedAt = Date.parse(found.findings[0].more?.changedAt as string);
    expect(Math.abs(changedAt - (at.getTime() - 200 * hourMs))).toBeLessThan(20 * hourMs);
    expect(found.sentence).toMatch(/^Since 2025-12-2\d \d\d:00 UTC .* of the predictions are wrong, .* before/);
  });

  it("does not tell of a change that did not last", async () => {
    const [bad, good] = [classifiedRows(200, 4, 0.6), classifiedRows(3000, 5)];
    const rows = followedBy(followedBy(classifiedRows(800, 3), bad), good);
    const found = await evaluate({ outcomes: async () => servedOver(1000, rows) });
    expect(found.verdict).toBe("ok");
    expect(found.findings[0].more?.changedAt).toBeDefined();
    expect(found.sentence).toContain("did not last");
  });

  it("waits with a series until three days have passed since a change", async () => {
    const rows = followedBy(classifiedRows(900, 3), classifiedRows(60, 4, 0.7));
    const outcomes = async () => servedOver(480, rows);
    expect(await evaluate({ outcomes, model: { ...model, isSeries: true } })).toMatchObject({
      verdict: "ok",
      findings: [{ reason: "the change is too new to tell whether it lasts" }],
    });
  });

  it("finds larger errors of numbers, in any unit, and none where they stay as they are", async () => {
    for (const unit of [1, 1e-3, 1e6]) {
      const hours = valueHours(600, (hour) => unit * (hour < 400 ? 1 : 2));
      const found = await evaluate({ model: regression, outcomes: async () => hours });
      expect(found.verdict).toBe("drift");
      expect(found.details).toMatchObject({ facts: { method: "Page-Hinkley" } });
    }
    expect((await evaluate({ model: regression, outcomes: async () => valueHours(600, () => 1) })).verdict).toBe("ok");
    expect((await evaluate({ model: regression, outcomes: async () => valueHours(600, () => 0) })).verdict).toBe("ok");
  });
});
