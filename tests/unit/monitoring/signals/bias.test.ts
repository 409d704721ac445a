import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../../shared/math/seededRandom";
import { countOutcomes } from "../../../../shared/monitoring/countOutcomes";
import { bias } from "../../../../shared/monitoring/signals/bias";
import { hourMs } from "../../../../shared/time";
import { classifiedRows, referenceOf, servedOver } from "./outcomeRows";
import { at, type Known, model, watchedWith } from "./watchedRows";

const evaluate = (known: Known, given: object = {}) => bias.evaluate(watchedWith(bias.settings.parse(given), known));
const drifted = ({ findings }: Awaited<ReturnType<typeof evaluate>>) =>
  findings.filter(({ verdict }) => verdict === "drift").map(({ subject, statistic }) => `${subject}: ${statistic}`);

describe("bias", () => {
  it("names the slice that does worse and what the others reach", async () => {
    const rows = classifiedRows(2000, 5);
    const truths = rows.truths.map((truth, row) => (row % 12 === 0 ? 1 - truth : truth));
    const sliceOf = (row: number) => [row % 4 === 0 ? "pool=north" : "pool=south", `shift=${row % 5}`];
    const found = await evaluate({ outcomes: async () => servedOver(250, { ...rows, truths }, sliceOf) });
    expect(drifted(found)).toContain("pool=north: accuracy gap");
    expect(drifted(found).join()).not.toContain("pool=south");
    expect(drifted(found).join()).not.toContain("shift=");
    expect(found.sentence).toMatch(/Where pool=north the (accuracy|recall) is 0\.\d+, 0\.\d+ elsewhere/);
  });

  it("finds at most one in a hundred of many equal slices worse, and leaves small ones out", async () => {
    let alarms = 0;
    for (let seed = 10; seed < 30; seed++) {
      const random = seededRandom(seed);
      const sliceOf = () => [`site=${Math.floor(random() * 12)}`, ...(random() < 0.01 ? ["site=rare"] : [])];
      const found = await evaluate({ outcomes: async () => servedOver(250, classifiedRows(3000, seed), sliceOf) });
      alarms += drifted(found).filter((text) => text.startsWith("site=")).length;
      expect(found.findings.some(({ subject }) => subject === "site=rare")).toBe(false);
    }
    expect(alarms).toBe(0);
  });

  it("tells a class that is predicted more often than it is true, unless it was so on the hold-out rows", async () => {
    const rows = classifiedRows(2000, 6);
    const eager = { ...rows, predicted: rows.probabilities.map((p) => (p > 0.25 ? 1 : 0)) };
    const outcomes = async () => servedOver(250, eager);
    const found = await evaluate({ outcomes });
    expect(drifted(found)).toEqual(["class=wet: over-prediction"]);
    expect(found.sentence).toMatch(/^wet is predicted \d+\.?\d* % more often than it is true/);
    const always = classifiedRows(4000, 7);
    const reference = async () =>
      referenceOf({ ...always, predicted: always.probabilities.map((p) => (p > 0.25 ? 1 : 0)) });
    expect((await evaluate({ outcomes, reference })).verdict).toBe("ok");
  });

  it("compares mean absolute errors of a regression model's slices, and says where none is declared", async () => {
    const random = seededRandom(3);
    const hours = Array.from({ length: 100 }, (_, i) => ({
      hour: new Date(at.getTime() - (100 - i) * hourMs),
      outcomes: countOutcomes(
        { classes: [], scored: [] },
        Array.from({ length: 10 }, (_row, at) => ({
          truth: 0,
          value: (random() - 0.5) * (at < 2 ? 4 : 1),
          slices: [at < 2 ? "pool=north" : "pool=south"],
        })),
      ),
    }));
    const regression = { ...model, task: "regression" as const, classes: [], positive: undefined };
    const found = await evaluate({ model: { ...regression, slices: ["pool"] }, outcomes: async () => hours });
    expect(drifted(found)).toEqual(["pool=north: error gap"]);
    expect(found.sentence).toMatch(/^Where pool=north the mean absolute error is [\d.]+, [\d.]+ elsewhere/);
    const none = await evaluate({ model: regression, outcomes: async () => hours });
    expect(none.reason).toBe("the use case declares no slices (evaluation.slices) by which errors could differ");
  });
});
