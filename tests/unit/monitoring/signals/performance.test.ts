import { describe, expect, it } from "vitest";
import { performance } from "../../../../shared/monitoring/signals/performance";
import { classifiedRows, referenceOf, servedOver } from "./outcomeRows";
import { type Known, model, watchedWith } from "./watchedRows";

const reference = async () => referenceOf(classifiedRows(4000, 1));
const evaluate = (known: Known, given: object = {}) =>
  performance.evaluate(watchedWith(performance.settings.parse(given), { reference, ...known }));
const outcomes =
  (turned: number, hours = 250, rows = 1000) =>
  async () =>
    servedOver(hours, classifiedRows(rows, 2, turned));

describe("performance", () => {
  it("says in a sentence what fell, how sure that is, what it was at training, and how much is labelled", async () => {
    const { sentence, findings } = await evaluate({ outcomes: outcomes(0.3) });
    expect(sentence).toMatch(
      /^Accuracy fell to 0\.\d+ \(0\.\d+ to 0\.\d+\) over 14 days; 0\.\d+ at training; .*100 % of the predictions have their truth\.$/,
    );
    const accuracy = findings.find(({ statistic }) => statistic === "accuracy");
    expect(accuracy?.interval?.[1]).toBeLessThan(accuracy?.threshold as number);
    expect(accuracy?.thresholdOrigin).toBe("0.05 below the hold-out's interval");
  });

  it("judges by a limit of the settings in the place of the hold-out's value", async () => {
    const strict = await evaluate({ outcomes: outcomes(0) }, { metrics: ["accuracy"], limits: { accuracy: 0.99 } });
    expect(strict).toMatchObject({ verdict: "drift", findings: [{ statistic: "accuracy", threshold: 0.99 }] });
    expect(strict.sentence).toContain("the limit is 0.99");
    const lax = await evaluate({ outcomes: outcomes(0.3) }, { metrics: ["accuracy"], limits: { accuracy: 0.2 } });
    expect(lax.verdict).toBe("ok");
  });

  it("needs no hold-out rows to tell a metric, and then judges none that has no limit", async () => {
    const found = await evaluate({ outcomes: outcomes(0.3), reference: async () => undefined });
    expect(found.verdict).toBe("ok");
    for (const { threshold, value, statistic } of found.findings) {
      expect(threshold, statistic).toBeNull();
      expect(value, statistic).not.toBeNull();
    }
  });

  it("says how many truths are missing, and of a series how many days", async () => {
    const few = await evaluate({ outcomes: outcomes(0, 10, 40) });
    expect(few.reason).toBe("40 of 40 predictions have their truth; 100 are needed (minLabelled)");
    const days = await evaluate({ outcomes: outcomes(0, 30), model: { ...model, isSeries: true } });
    expect(days).toMatchObject({ verdict: "insufficient_data", alerts: [] });
    expect(days.reason).toContain("5 are needed, since those of a day err alike");
  });

  it("asks for predictions whose truth can be known by now: the window ends a horizon ago", async () => {
    const asked: string[] = [];
    await evaluate({
      model: { ...model, horizonHours: 12 },
      outcomes: async ({ from, to }) => {
        asked.push(from.toISOString(), to.toISOString());
        return [];
      },
    });
    expect(asked).toEqual(["2025-12-18T12:00:00.000Z", "2026-01-01T12:00:00.000Z"]);
  });

  it("ends its alert only once every metric that it names is well again", async () => {
    const { alerts } = await evaluate({ outcomes: outcomes(0) });
    const [change] = alerts;
    if (!("resolve" in change)) return expect.unreachable();
    const named = (statistic: string) => ({ evidence: { findings: [{ subject: "all", statistic }] } }) as never;
    expect(change.resolve.isOver(named("accuracy"))).toBe(true);
    const unlabelled = await evaluate(
      { outcomes: outcomes(0) },
      { metrics: ["accuracy", "recall"], limits: { recall: 0.999 } },
    );
    expect(unlabelled.alerts).toMatchObject([{ raise: { rule: "performance", severity: "error" } }]);
  });
});
