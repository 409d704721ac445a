import { beforeAll, describe, expect, it } from "vitest";
import { integrityFaults, shiftFault } from "../../../../tools/simulate/faults";
import { ksRule } from "../../../../tools/simulate/ksRule";
import { hoursAWeek } from "../../../../tools/simulate/series";
import { sampleWeeks, simulatedWeeks, type WatchedWeeks, weekly } from "../../../../tools/simulate/sources";
import { alarmsOf, rowAt, watchWindows } from "../../../../tools/simulate/watchSeries";

let weeks: WatchedWeeks;
beforeAll(() => {
  weeks = simulatedWeeks(104, 60, 1);
});

/** The windows of two weeks, in which a fault begins. */
function faulty(name: string, week: number, sigmas = 1) {
  const { trained, starts } = weeks;
  const column = trained.model.inputs.findIndex((input) => input.name === name);
  const table = shiftFault(sigmas).apply(trained, column, rowAt(trained.times, starts[week]));
  return watchWindows(trained, { table, times: trained.times }, [starts[week], starts[week + 1]], weekly);
}

describe("weeks in which nothing is wrong", () => {
  it("hardly ever raise an alert, by the season of the years before, whatever the seed", async () => {
    let alerts = 0;
    for (const seed of [21, 22, 23, 24]) {
      const { trained, starts } = simulatedWeeks(104, 60, seed);
      const found = await watchWindows(trained, trained, starts, weekly);
      alerts += found.filter(({ isOpen }) => isOpen).length;
      for (const { evaluation } of found)
        expect(evaluation.details).toMatchObject({ baseline: expect.stringMatching(/^the same season/) });
    }
    // at a rate of 1 % more than 6 of 240 independent weeks have a probability of 1.2 %
    expect(alerts).toBeLessThanOrEqual(6);
  });

  it("all raise one by the KS test at p < 0.05", () => {
    const { trained } = weeks;
    expect(ksRule(trained.trainedTable, trained.table)).toBe(true);
  });

  it("raise none in the sample that ships, by the weeks before: it has no earlier year", async () => {
    const [{ trained, starts }] = await sampleWeeks();
    const found = await watchWindows(trained, trained, starts, weekly);
    expect(found.filter(({ isOpen }) => isOpen)).toEqual([]);
    expect(found.at(-1)?.evaluation.details).toMatchObject({ baseline: expect.stringMatching(/^the 28 days before/) });
  });

  it("give the same results whenever they are judged", async () => {
    const once = await watchWindows(weeks.trained, weeks.trained, weeks.starts.slice(0, 2), weekly);
    const again = simulatedWeeks(104, 60, 1);
    const twice = await watchWindows(again.trained, again.trained, again.starts.slice(0, 2), weekly);
    expect(JSON.stringify(twice)).toBe(JSON.stringify(once));
  });
});

describe("a shift of one deviation", () => {
  it.each(["warmth", "felt", "wind"])(
    "of %s, which the other columns tell, opens an alert within two weeks",
    async (name) => {
      for (const week of [3, 20, 41]) {
        const found = await faulty(name, week);
        expect(found.at(-1)?.isOpen, `week ${week}`).toBe(true);
      }
    },
  );

  it("names its limit, and how it was made", async () => {
    const [{ evaluation }] = await faulty("warmth", 7);
    const finding = evaluation.findings.find(({ subject }) => subject === "warmth");
    expect(finding).toMatchObject({ verdict: "drift", more: { level: expect.any(Number) } });
    expect(Math.abs(Number(finding?.more?.level))).toBeGreaterThan(Number(finding?.more?.levelThreshold));
  });

  it("of two deviations is found in columns that only their own season tells", async () => {
    const found = await faulty("mass", 9, 2);
    expect(found.at(-1)?.isOpen).toBe(true);
  });
});

it("missing values and a new category are told in their first week", async () => {
  const { trained, starts } = weeks;
  for (const fault of integrityFaults.filter(({ name }) => name === "missing" || name === "new category"))
    for (const column of fault.columns(trained)) {
      const table = fault.apply(trained, column, rowAt(trained.times, starts[4]));
      const alarms = await alarmsOf(trained, { table, times: trained.times }, starts[4], hoursAWeek);
      expect(alarms, `${fault.name} of column ${column}`).toContain("input-drift");
    }
});
