import { beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../../shared/math/seededRandom";
import { compareProfiles, type DriftResult } from "../../../shared/monitoring/drift";
import { profileOfRows, shippedRows } from "./shippedRows";

type Shipped = Awaited<ReturnType<typeof shippedRows>>;

const windows = 400;

/** Rows drawn from the training rows, in no order. */
function drawn({ table }: Shipped, rows: number, random: () => number): number[] {
  return Array.from({ length: rows }, () => Math.floor(random() * table.rowCount));
}

function compare({ spec, table, training }: Shipped, rows: number[]) {
  return compareProfiles(training, profileOfRows(training, table, rows), spec.monitors.drift);
}

function isAlarm({ verdict }: DriftResult): boolean {
  return verdict === "drift" || verdict === "failed";
}

/** The share of windows that alarm; 100 rows may be too few where values are missing. */
function alarms(shipped: Shipped, rows: number): number {
  const random = seededRandom(rows);
  let count = 0;
  for (let i = 0; i < windows; i++) if (isAlarm(compare(shipped, drawn(shipped, rows, random)))) count++;
  return count / windows;
}

/** Of each number: the share of windows in which a shift by one of its standard deviations is found, and named. */
function found(shipped: Shipped, rows: number): Record<string, number> {
  const { table, training } = shipped;
  const random = seededRandom(7);
  const shares = table.numbers.map(({ name }, moved) => {
    const deviation = training.reference?.features[moved].shape?.deviation as number;
    const numbers = table.numbers.map((column, i) =>
      i === moved ? { name, values: column.values.map((value) => value + deviation) } : column,
    );
    const shifted = { ...shipped, table: { ...table, numbers } };
    const repeats = 40;
    let count = 0;
    for (let i = 0; i < repeats; i++) {
      const { verdict, features } = compare(shifted, drawn(shipped, rows, random));
      if (verdict === "drift" && features[moved].verdict === "drift") count++;
    }
    return [name, count / repeats];
  });
  return Object.fromEntries(shares);
}

const samples = [
  ["coffee-grade", "sample.csv"],
  ["weather", "sample.csv.gz"],
];
describe.each(samples)("rows like the training rows of %s", (usecase, sample) => {
  let shipped: Shipped;
  beforeAll(async () => {
    shipped = await shippedRows(usecase, sample);
  });

  it.each([100, 200, 1000])("alarm in at most 1 % of windows of %i rows", (rows) => {
    expect(alarms(shipped, rows)).toBeLessThanOrEqual(0.01);
  });

  it("are all judged, and found well, from 200 rows on", () => {
    const random = seededRandom(9);
    for (let i = 0; i < 20; i++) {
      const result = compare(shipped, drawn(shipped, 200, random));
      expect(result.verdict).toBe("ok");
      for (const { verdict, value } of result.features) expect([verdict, typeof value]).toEqual(["ok", "number"]);
    }
  });

  it("show a shift by one deviation of any feature at 500 rows", () => {
    for (const [feature, share] of Object.entries(found(shipped, 500))) expect(share, feature).toBe(1);
  });
});

/** Some of the training rows in the order of time, from anywhere. */
function consecutive({ table }: Shipped, rows: number, random: () => number): number[] {
  const start = Math.floor(random() * (table.rowCount - rows));
  return Array.from({ length: rows }, (_, i) => start + i);
}

describe("windows of weather's own training span", () => {
  let weather: Shipped;
  beforeAll(async () => {
    weather = await shippedRows("weather", "sample.csv.gz");
  });
  const rowsADay = 72;
  const from = (start: number, rows: number) => Array.from({ length: rows }, (_, i) => start + i);

  it.each([2, 3, 7, 14])("of %i days in a row do not alarm, and are recognised as a series", (days) => {
    const rows = days * rowsADay;
    for (let start = 0; start + rows <= weather.table.rowCount; start += rows) {
      const { verdict, dependence, features } = compare(weather, from(start, rows));
      expect(dependence.seriesShare).toBeGreaterThan(0.5);
      expect(features[0].targetEffectiveRows).toBeLessThan(5);
      // two days hold 144 rows, of which pressure has a value in fewer than 100 now and then
      expect(days === 2 ? ["ok", "insufficient_data"] : ["ok"], `from row ${start}`).toContain(verdict);
    }
  });

  it("of 100 rows in a row alarm in at most 1 %, wherever they start", () => {
    const random = seededRandom(3);
    let count = 0;
    for (let i = 0; i < windows; i++) if (isAlarm(compare(weather, consecutive(weather, 100, random)))) count++;
    expect(count / windows).toBeLessThanOrEqual(0.01);
  });

  it.each([100, 500, 1000])("of three days in a row and %i drawn rows alarm in at most 1 %", (rows) => {
    const random = seededRandom(4);
    const repeats = 200;
    let count = 0;
    for (let i = 0; i < repeats; i++) {
      const mixed = [...consecutive(weather, 3 * rowsADay, random), ...drawn(weather, rows, random)];
      if (isAlarm(compare(weather, mixed))) count++;
    }
    expect(count / repeats).toBeLessThanOrEqual(0.01);
  });
});
