import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../../shared/math/seededRandom";
import { dataIntegrity } from "../../../../shared/monitoring/signals/dataIntegrity";
import { driftMagnitude } from "../../../../shared/monitoring/signals/driftMagnitude";
import { relations } from "../../../../shared/monitoring/signals/relations";
import type { Evaluation } from "../../../../shared/monitoring/signals/signal";
import { threat } from "../../../../shared/monitoring/signals/threat";
import { upstreamChange } from "../../../../shared/monitoring/signals/upstreamChange";
import { dayMs } from "../../../../shared/time";
import { type Cell, type Row, sampleRows, trainedOn, watchedAt } from "./rowsInMemory";

const { model, rows } = sampleRows("weather", "sample.csv.gz");
const holdoutFrom = Date.parse("2013-07-01T00:00:00Z");
const weather = trainedOn(
  model,
  rows.filter(({ at }) => at < holdoutFrom),
);
const integrity = dataIntegrity.settings.parse({});
const upstream = upstreamChange.settings.parse({});

/** The rows with the cells of a column changed from an instant on. */
function changed(name: string, from: Date, change: (cell: Cell, row: Row) => Cell): Row[] {
  const at = model.inputs.findIndex((input) => input.name === name);
  return rows.map((row) =>
    row.at < from.getTime()
      ? row
      : { ...row, cells: row.cells.map((cell, i) => (i === at ? change(cell, row) : cell)) },
  );
}

const days = Array.from({ length: 181 }, (_, day) => new Date(holdoutFrom + (day + 1) * dayMs));
const ofFault = (found: Evaluation, subject: string) => found.findings.find((one) => one.subject === subject);

describe("the sample's own rows", () => {
  it("are sound at every hour of the year's second half, of rows that training never saw", async () => {
    const told = new Map<string, number>();
    for (const day of days)
      for (const hour of [0, 5, 11, 17]) {
        const at = new Date(day.getTime() + hour * 3_600_000);
        const { verdict, sentence } = await dataIntegrity.evaluate(
          watchedAt(weather, rows, { at, settings: integrity }),
        );
        if (verdict !== "ok") told.set(`${at.toISOString()} ${sentence}`, 1);
      }
    expect([...told.keys()]).toEqual([]);
  });

  it("show no change upstream on any day of the year", async () => {
    const told: string[] = [];
    for (let day = 3; day < 365; day++) {
      const at = new Date(Date.parse("2013-01-01T00:00:00Z") + day * dayMs);
      const { verdict, sentence } = await upstreamChange.evaluate(watchedAt(weather, rows, { at, settings: upstream }));
      if (verdict !== "ok") told.push(`${at.toISOString()} ${sentence}`);
    }
    expect(told).toEqual([]);
  });
});

describe("what was served in the second half of the year", () => {
  const served = rows.filter(({ at }) => at >= holdoutFrom);
  const weeks = days.filter((_day, i) => i % 7 === 6);

  it("has no week that is told apart as no training week was, twice in three", async () => {
    const found: boolean[] = [];
    for (const at of weeks) {
      const settings = driftMagnitude.settings.parse({});
      const { verdict } = await driftMagnitude.evaluate(watchedAt(weather, served, { at, settings }));
      found.push(verdict === "drift");
    }
    expect(found).toHaveLength(25);
    expect(found.filter((drifted, i) => drifted && found.slice(i + 1, i + 3).includes(true))).toEqual([]);
  });

  it("goes together as in training, in every week's last four", async () => {
    const told: string[] = [];
    for (const at of weeks) {
      const settings = relations.settings.parse({});
      const { verdict, sentence } = await relations.evaluate(watchedAt(weather, served, { at, settings }));
      if (verdict !== "ok") told.push(`${at.toISOString()} ${sentence}`);
    }
    expect(told).toEqual([]);
  });

  it("is no threat on any day", async () => {
    const told: string[] = [];
    for (const at of days) {
      const settings = threat.settings.parse({});
      const { verdict, sentence } = await threat.evaluate(watchedAt(weather, served, { at, settings }));
      if (verdict !== "ok") told.push(`${at.toISOString()} ${sentence}`);
    }
    expect(told).toEqual([]);
  });

  it("is told apart where several features move, with the share of each", async () => {
    const from = new Date("2013-09-01T00:00:00Z");
    const hotter = changed("Temperature_C", from, (cell) => (typeof cell === "number" ? cell + 12 : cell));
    const at = new Date(from.getTime() + 7 * dayMs);
    const settings = driftMagnitude.settings.parse({});
    const found = await driftMagnitude.evaluate(watchedAt(weather, hotter, { at, settings }));
    expect(found.findings[0]).toMatchObject({ subject: "all", verdict: "drift", more: { by: "all numbers together" } });
    const shares = found.findings.slice(1).map(({ subject, more }) => [subject, more?.share as number] as const);
    expect(shares.toSorted(([, a], [, b]) => b - a)[0][0]).toBe("Temperature_C");
    expect(shares.reduce((sum, [, share]) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(found.alerts).toMatchObject([{ raise: { rule: "drift-magnitude", confirm: { needed: 2, among: 3 } } }]);
  });

  it("looks like extraction where very many rows cover the ranges evenly", async () => {
    const at = new Date("2013-09-02T00:00:00Z");
    const random = seededRandom(5);
    const ranges = [
      [-12, 34],
      [-20, 36],
      [0.1, 1],
      [0, 60],
      [0, 360],
      [0, 16],
      [985, 1038],
    ];
    const probes = Array.from(
      { length: 20_000 },
      (_, i): Row => ({
        at: at.getTime() - 20_000 * 1000 + i * 1000,
        entity: "",
        cells: [...ranges.map(([low, high]): Cell => low + (high - low) * random()), "clear"],
      }),
    );
    const settings = threat.settings.parse({});
    const both = [...served, ...probes].sort((a, b) => a.at - b.at);
    const found = await threat.evaluate(watchedAt(weather, both, { at, settings }));
    expect(found).toMatchObject({ verdict: "drift", alerts: [{ raise: { rule: "threat", severity: "warning" } }] });
    expect(found.findings.filter(({ verdict }) => verdict === "drift").map(({ statistic }) => statistic)).toEqual([
      "rows beside earlier weeks",
      "mean squared distance from training",
    ]);
  });

  it("is judged stale when nothing came where every earlier week had rows, and the alert ends with new ones", async () => {
    const until = Date.parse("2013-09-01T00:00:00Z");
    const at = new Date(until + 2 * dayMs);
    const found = await dataIntegrity.evaluate(
      watchedAt(
        weather,
        served.filter((row) => row.at < until),
        { at, settings: integrity },
      ),
    );
    expect(found.alerts.flatMap((change) => ("raise" in change ? [change.raise.rule] : []))).toContain("stale-data");
  });

  it.each([
    [30, true],
    [60, false],
  ])("expects a new dataset within %i hours", async (hours, isRaised) => {
    const at = new Date("2013-09-02T00:00:00Z");
    const settings = { ...integrity, expectNewDataHours: hours };
    const newestDatasetAt = async () => new Date("2013-08-31T12:00:00Z");
    const found = await dataIntegrity.evaluate(watchedAt(weather, served, { at, settings, newestDatasetAt }));
    const raised = found.alerts.flatMap((change) => ("raise" in change ? [change.raise.rule] : []));
    expect(raised).toEqual(isRaised ? ["no-new-dataset"] : []);
  });
});

const celsius = (cell: Cell) => (typeof cell === "number" ? cell * 1.8 + 32 : cell);
const times = (ratio: number) => (cell: Cell) => (typeof cell === "number" ? cell * ratio : cell);

describe.each(["2013-07-10", "2013-09-01", "2013-10-20", "2013-12-05"])("a fault from %s on", (day) => {
  const from = new Date(`${day}T00:00:00Z`);
  const at = new Date(from.getTime() + dayMs);

  it.each([
    ["Temperature_C", celsius, "degF for degC"],
    ["Apparent_Temperature_C", celsius, "degF for degC"],
    ["Pressure_millibars", times(100), "Pa for mbar"],
    ["Pressure_millibars", times(0.02953), "inHg for mbar"],
    ["Humidity", times(100), "percent for fraction"],
  ])("of the unit of %s is named", async (name, change, conversion) => {
    const found = await upstreamChange.evaluate(
      watchedAt(weather, changed(name, from, change), { at, settings: upstream }),
    );
    expect(found.findings.filter(({ verdict }) => verdict === "drift")).toMatchObject([
      { subject: name, more: { cause: "unit", conversion } },
    ]);
  });

  it("of a category that was renamed is told by both names", async () => {
    const renamed = changed("Weather_conditions", from, (cell) => (cell === "clear" ? "sunny" : cell));
    const found = await upstreamChange.evaluate(watchedAt(weather, renamed, { at, settings: upstream }));
    expect(ofFault(found, "Weather_conditions")).toMatchObject({
      verdict: "drift",
      more: { cause: "renamed", from: "clear", to: "sunny" },
    });
  });

  it.each([
    ["Pressure_millibars", () => null, "missing", "error"],
    ["Humidity", () => null, "missing", "error"],
    ["Humidity", (_cell: Cell, { entity }: Row) => (entity === "JFK" ? 0.5 : _cell), "frozen", "error"],
    [
      "Wind_speed_kmph",
      (_cell: Cell, { at }: Row) => (at % (5 * 3_600_000) === 0 ? -999 : _cell),
      "out of range, undeclared sentinel",
      "warning",
    ],
    [
      "Pressure_millibars",
      (_cell: Cell, { at }: Row) => (at % (5 * 3_600_000) === 0 ? 0 : _cell),
      "sentinel",
      "warning",
    ],
    ["Temperature_C", (cell: Cell) => (cell === null ? null : String(cell)), "wrong type", "error"],
    [
      "Weather_conditions",
      (cell: Cell, { entity }: Row) => (entity === "JFK" ? "hail" : cell),
      "unseen category",
      "warning",
    ],
  ])("of the cells of %s is found", async (name, change, status, severity) => {
    const found = await dataIntegrity.evaluate(
      watchedAt(weather, changed(name, from, change), { at, settings: integrity }),
    );
    expect(found.findings.filter(({ verdict }) => verdict === "drift")).toMatchObject([
      { subject: name, more: { status } },
    ]);
    expect(found.alerts[0]).toMatchObject({ raise: { rule: "data-integrity", severity } });
  });
});
