import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PreparedData } from "../../../shared/data/preparedData";
import { seededRandom } from "../../../shared/math/seededRandom";
import { csv, fruitSpec, hours, machineSpec, prepare } from "./inSession";

const machine = machineSpec();
const hourMs = 3_600_000;
const start = Date.UTC(2024, 0, 1);
/** 36 hours; the hold-out starts at hour 24, so training ends at hour 22 and hour 23 is the gap */
const day = "rrrrsrrrfrrrsssrrrrrfrsr";
const night = "rrsrrrrrfrrr";
const series = hours(day + night);

const hourOf = (data: PreparedData, row: number) => ((data.times as Float64Array)[row] - start) / hourMs;
const classAt = (states: string, hour: number) => (states[hour] === "r" ? 0 : 1);
const state = (data: PreparedData, row: number) => {
  const { levels, codes } = data.table.categories[0];
  return codes[row] < 0 ? null : levels[codes[row]];
};
const fruits = (count: number) =>
  Array.from(
    { length: count },
    (_, i) => `${i},${i % 7},${["red", "green"][i % 2]},${["apple", "pear", "plum"][i % 3]}`,
  );
/** Fruits of twelve combinations of features, the class by chance. */
const fruitsOfFewKinds = (count: number) => {
  const random = seededRandom(11);
  return Array.from({ length: count }, (_, i) => {
    const kind = ["apple", "pear", "plum"][Math.floor(random() * 3)];
    return `${i % 3},${i % 4},${["red", "green"][i % 2]},${kind}`;
  });
};
const fruitCsv = (rows: string[]) => csv(rows, "Weight,Sugar,Skin,Kind");

describe("preparing a series", () => {
  it("labels each row with the state exactly one horizon LATER and carries the current state", async () => {
    const data = await prepare([csv(series)], machine);
    expect(data.classes).toEqual(["up", "down"]);
    expect(data.positiveIndex).toBe(1);
    const all = day + night;
    expect(data.target.length).toBe(all.length - 2);
    for (let row = 0; row < data.target.length; row++) {
      const hour = hourOf(data, row);
      expect(data.target[row]).toBe(classAt(all, hour + 2));
      expect(data.currentClass?.[row]).toBe(classAt(all, hour));
      expect(data.table.numbers[0].values[row]).toBe(hour);
    }
  });

  it("joins by time, not by position: a gap in the series leaves rows without a label", async () => {
    const states = "rs  rf".padEnd(36, "rsrf");
    const data = await prepare([csv(hours(states))], machine);
    const labelled = Array.from(data.target, (_, row) => hourOf(data, row));
    expect(labelled.slice(0, 3)).toEqual([4, 5, 6]); // two hours after 0 and 1 there is no row
    expect(data.counts).toMatchObject({ rows: 34, labelled: 30, unlabelled: 4 });
  });

  it("keeps entities apart: a label never comes from another machine, nor does a filled value", async () => {
    const a = hours("r-".padEnd(36, "rrs"), "A");
    const b = hours("ff".padEnd(36, "s"), "B");
    const data = await prepare([csv([...b, ...a])], machine);
    const rows = data.target.length;
    expect(rows).toBe(68);
    const ofB = Array.from({ length: rows }, (_, row) => row).filter((row) => data.source.row[row] <= 36);
    expect(ofB.every((row) => data.target[row] === 1)).toBe(true);
    const second = Array.from({ length: rows }, (_, row) => row).filter((row) => hourOf(data, row) === 1);
    expect(second.map((row) => state(data, row)).sort()).toEqual(["fail", "run"]);
  });

  it("fills a missing state forward for features as long as allowed, and never makes a label or a current class of it", async () => {
    const states = "s----r".padEnd(36, "rsr");
    const data = await prepare([csv(hours(states))], machine);
    const row = (hour: number) => Array.from(data.times as Float64Array).indexOf(start + hour * hourMs);
    expect(row(0)).toBe(-1); // its label would be the filled state of hour 2
    expect(row(1)).toBe(-1);
    expect(row(2)).toBe(-1);
    expect(state(data, row(3))).toBeNull(); // three hours old
    expect(data.currentClass?.[row(3)]).toBe(-1);
    const fills = await prepare([csv(hours("rs-r".padEnd(36, "rsr")))], machine);
    const third = Array.from(fills.times as Float64Array).indexOf(start + 2 * hourMs);
    expect(state(fills, third)).toBe("stop");
    expect(fills.currentClass?.[third]).toBe(-1);
  });

  it("leaves a gap of one horizon between training and hold-out, and between the parts of a fold", async () => {
    const data = await prepare([csv(series)], machine);
    const at = (rows: Int32Array) => Array.from(rows, (row) => hourOf(data, row));
    expect(Math.max(...at(data.trainRows))).toBe(22);
    expect(at(data.holdoutRows)).toEqual([24, 25, 26, 27, 28, 29, 30, 31, 32, 33]);
    expect(data.counts.gap).toBe(1);
    const [fold] = data.folds;
    expect(at(fold.validation)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22]);
    expect(at(fold.train)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("lets the hold-out slide with the newest rows where the spec limits its days", async () => {
    const split = { kind: "time", holdoutFrom: "2024-01-01T12:00:00Z", holdoutDays: 0.5, folds: 1 };
    const data = await prepare([csv(series)], machineSpec({ split }));
    expect(hourOf(data, data.holdoutRows[0])).toBe(21); // the newest labelled row is of hour 33
  });

  it("takes the newest version of a row, and says where each came from", async () => {
    const corrected = [hours("f", "A", () => "77")[0], `2024-01-01T05:00:00Z,A,78,run`];
    const data = await prepare([csv(series), csv(corrected)], machine);
    expect(data.counts).toMatchObject({ rows: 36, duplicates: 2 });
    expect(data.table.numbers[0].values[0]).toBe(77);
    expect(Array.from(data.source.version.subarray(0, 6))).toEqual([2, 1, 1, 1, 1, 2]);
    expect(Array.from(data.source.row.subarray(0, 6))).toEqual([1, 2, 3, 4, 5, 2]);
    expect(data.target[3]).toBe(0); // hour 5 in its newest version
  });

  it("credits a row that a newer version only repeats to the older one, unless another value came in between", async () => {
    const changed = series.with(0, hours("f", "A", () => "77")[0]);
    const versions = async (...files: string[][]) =>
      Array.from(
        (
          await prepare(
            files.map((rows) => csv(rows)),
            machine,
          )
        ).source.version.subarray(0, 3),
      );
    expect(await versions(series, series)).toEqual([1, 1, 1]);
    expect(await versions(series, changed, changed)).toEqual([2, 1, 1]);
    expect(await versions(series, changed, series)).toEqual([3, 1, 1]);
  });

  it("ignores daylight saving: an hour is an hour, whatever zone the file is written in", async () => {
    const split = { kind: "time", holdoutFrom: "2024-03-31T12:00:00Z", folds: 1 };
    const cell = (hour: number) =>
      hour < 12
        ? new Date(Date.UTC(2024, 2, 30, 18 + hour)).toISOString()
        : new Date(Date.UTC(2024, 2, 30, 18 + hour + 3)).toISOString().replace("Z", "+03:00");
    const rows = Array.from({ length: 30 }, (_, hour) => `${cell(hour)},A,${hour},${hour % 3 ? "run" : "stop"}`);
    const data = await prepare([csv(rows)], machineSpec({ split }));
    expect(data.counts.unlabelled).toBe(2);
    expect(Array.from(data.table.numbers[0].values)).toEqual(Array.from({ length: 28 }, (_, hour) => hour));
  });

  it("draws blocks of days", async () => {
    const data = await prepare([csv(series)], machine);
    expect(new Set(data.blocks)).toEqual(new Set([start / 86_400_000, start / 86_400_000 + 1]));
  });

  it("does not depend on the order of rows in the file, except for the row numbers", async () => {
    const twoMachines = [...series, ...hours(night + day, "B")];
    const expected = await prepare([csv(twoMachines)], machine);
    const shuffled = fc.shuffledSubarray(twoMachines, { minLength: twoMachines.length });
    await fc.assert(
      fc.asyncProperty(shuffled, async (rows) => {
        const { source, ...data } = await prepare([csv(rows)], machine);
        expect({ ...data, source: expected.source }).toEqual(expected);
        expect(Array.from(source.row, (row) => rows[row - 1])).toEqual(
          Array.from(expected.source.row, (row) => twoMachines[row - 1]),
        );
      }),
      { numRuns: 8 },
    );
  });
});

describe("preparing rows without a time", () => {
  const spec = fruitSpec();

  it("gives each class its share of hold-out and folds", async () => {
    const data = await prepare([fruitCsv(fruits(120))], spec);
    const shares = (rows: Int32Array) =>
      [0, 1, 2].map((code) => rows.filter((row) => data.target[row] === code).length);
    expect(shares(data.holdoutRows)).toEqual([10, 10, 10]);
    expect(data.folds.map(({ validation }) => shares(validation))).toEqual([
      [15, 15, 15],
      [15, 15, 15],
    ]);
    const [first, second] = data.folds;
    expect(first.train).toEqual(second.validation);
    expect(data).toMatchObject({ times: undefined, currentClass: undefined, positiveIndex: undefined });
  });

  it("keeps rows equal across versions as often as the version that has them most often", async () => {
    const data = await prepare(
      [fruitCsv([...fruits(30), fruits(1)[0]]), fruitCsv([...fruits(32), fruits(2)[1]])],
      spec,
    );
    const weights = Array.from(data.table.numbers[0].values);
    expect(weights.filter((weight) => weight === 0)).toHaveLength(2); // twice in version 1
    expect(weights.filter((weight) => weight === 1)).toHaveLength(2); // twice in version 2
    expect(weights.filter((weight) => weight === 2)).toHaveLength(1);
    expect(data.counts).toEqual({ rows: 34, labelled: 34, unlabelled: 0, gap: 0, duplicates: 30 });
  });

  it("never puts equal rows on both sides of the split", async () => {
    const rows = fruits(40).flatMap((row) => [row, row, row]);
    const data = await prepare([fruitCsv(rows)], spec);
    const weights = (of: Int32Array) => new Set(Array.from(of, (row) => data.table.numbers[0].values[row]));
    const held = weights(data.holdoutRows);
    expect(held.size).toBeGreaterThan(5);
    expect([...weights(data.trainRows)].filter((weight) => held.has(weight))).toEqual([]);
  });

  it.each([
    ["copies of rows of many values", () => fruits(60).flatMap((row) => new Array<string>(10).fill(row))],
    [
      "whatever the file holds several times, though few combinations have many rows and labels",
      () => fruitsOfFewKinds(400).flatMap((row) => new Array<string>(10).fill(row)),
    ],
  ])("keeps together %s: no part shares features with another", async (_what, rows) => {
    const { table, holdoutRows, folds } = await prepare([fruitCsv(rows())], spec);
    const keys = (part: Int32Array) =>
      Array.from(part, (row) =>
        [...table.numbers.map(({ values }) => values[row]), table.categories[0].codes[row]].join(),
      );
    const parts = [holdoutRows, ...folds.map(({ validation }) => validation)].map((part) => new Set(keys(part)));
    expect(parts.map(({ size }) => size > 1)).toEqual([true, true, true]);
    const all = parts.flatMap((part) => [...part]);
    expect(new Set(all).size).toBe(all.length);
  });

  it("keeps copies of measured rows together though some of their labels are wrong", async () => {
    const random = seededRandom(11);
    const kinds = ["apple", "plum", "pear"];
    const rows = Array.from({ length: 120 }, (_, i) => {
      const measured = `${(10 + random()).toFixed(6)},${random().toFixed(6)},red`;
      const copies = Array.from({ length: 20 + Math.floor(15 * random()) });
      return copies.map(() => `${measured},${kinds[(i + (random() < 0.08 ? 1 : 0)) % 3]}`);
    }).flat();
    const { table, holdoutRows, trainRows, blocks } = await prepare([fruitCsv(rows)], spec);
    const weights = (part: Int32Array) => new Set(Array.from(part, (row) => table.numbers[0].values[row]));
    const held = weights(holdoutRows);
    expect([...weights(trainRows)].filter((weight) => held.has(weight))).toEqual([]);
    expect(new Set(blocks).size).toBe(120);
  });

  it("draws copies of a row as one", async () => {
    const data = await prepare([fruitCsv(fruits(60).flatMap((row) => new Array<string>(10).fill(row)))], spec);
    expect(data.blockUnit).toBe("row");
    expect(new Set(data.blocks).size).toBe(60);
  });

  it("keeps rows apart, or together, where the spec says so", async () => {
    const groupsShared = async (copies: string, rows: string[]) => {
      const split = { kind: "stratified", folds: 2, copies };
      const { table, holdoutRows, trainRows } = await prepare([fruitCsv(rows)], fruitSpec({ split }));
      const held = new Set(Array.from(holdoutRows, (row) => table.numbers[0].values[row]));
      return new Set(Array.from(trainRows, (row) => table.numbers[0].values[row]).filter((weight) => held.has(weight)))
        .size;
    };
    const same = fruits(12).flatMap((row) => new Array<string>(40).fill(row));
    expect(await groupsShared("apart", same)).toBe(12);
    expect(await groupsShared("together", same)).toBe(0);
  });

  it("fills every fold where rows are few and each tenth of a number rounds alike", async () => {
    const columns = { ...spec.columns, Size: { type: "number" } };
    const sized = fruitSpec({
      columns,
      label: { column: "Size" },
      features: ["Weight", "Sugar"],
      split: { kind: "stratified", folds: 5 },
      selection: { metric: "rmse" },
    });
    const rows = Array.from({ length: 40 }, (_, i) => `${i},${i % 7},red,apple,${(i * 37) % 101}`);
    const data = await prepare([csv(rows, "Weight,Sugar,Skin,Kind,Size")], sized);
    expect(data.holdoutRows).toHaveLength(10);
    expect(data.folds.map(({ validation }) => validation.length)).toEqual([6, 6, 6, 6, 6]);
  });

  it("spreads a combination that many rows of several classes share over hold-out and folds, each class alike", async () => {
    const rows = fruits(12).flatMap((row, i) =>
      Array.from({ length: 97 + 23 * i }, (_, at) => (at % 3 ? row : row.replace(/[a-z]+$/, "plum"))),
    );
    const share = ({ table, target }: PreparedData, part: Int32Array, weight: number, code: number) => {
      const is = (row: number) => table.numbers[0].values[row] === weight && target[row] === code;
      return part.filter(is).length / target.filter((_code, row) => is(row)).length;
    };
    const data = await prepare([fruitCsv(rows)], spec);
    for (let weight = 0; weight < 12; weight++) {
      expect(share(data, data.holdoutRows, weight, weight % 3)).toBeGreaterThan(0.03);
      expect(share(data, data.holdoutRows, weight, weight % 3)).toBeLessThan(0.5);
      for (const { validation } of data.folds) expect(share(data, validation, weight, weight % 3)).toBeGreaterThan(0.1);
    }
    expect(Math.abs(data.holdoutRows.length - rows.length / 4)).toBeLessThan(15);
    const parts = ({ holdoutRows, target, table }: PreparedData) =>
      Array.from(holdoutRows, (row) => `${table.numbers[0].values[row]} ${target[row]}`).sort();
    expect(parts(await prepare([fruitCsv(rows.toReversed())], spec))).toEqual(parts(data));
  });

  it("keeps most rows in their part when the dataset grows", async () => {
    const small = await prepare([fruitCsv(fruits(300))], spec);
    const large = await prepare([fruitCsv(fruits(300)), fruitCsv(fruits(360).slice(300))], spec);
    const held = ({ holdoutRows, table }: PreparedData) =>
      new Set(Array.from(holdoutRows, (row) => table.numbers[0].values[row]).filter((weight) => weight < 300));
    const before = held(small);
    const moved = [...held(large)].filter((weight) => !before.has(weight));
    expect(before.size).toBe(75);
    expect(moved.length).toBeLessThan(10);
  });

  it("splits another way with another seed", async () => {
    const [a, b] = [
      await prepare([fruitCsv(fruits(120))], spec),
      await prepare([fruitCsv(fruits(120))], fruitSpec({ seed: 2 })),
    ];
    expect(a.holdoutRows).not.toEqual(b.holdoutRows);
  });

  it("drops rows without a class and counts them", async () => {
    const data = await prepare([fruitCsv([...fruits(30), "1,1,red,", "2,2,red,"])], spec);
    expect(data.counts).toMatchObject({ rows: 32, labelled: 30, unlabelled: 2 });
  });

  it("takes category levels from training rows only, sorted, and reads others as unseen", async () => {
    const split = { kind: "time", holdoutFrom: "2024-01-02T00:00:00Z", folds: 1 };
    const rows = series.map((row, hour) => row.replace(",A,", hour < 23 ? `,${hour % 2 ? "b" : "a"},` : ",c,"));
    const columns = { ...machine.columns, State: { type: "category", values: ["run", "stop", "fail"] } };
    const data = await prepare(
      [csv(rows)],
      machineSpec({ split, columns, entity: undefined, features: ["Machine", "Load"] }),
    );
    const { levels, codes } = data.table.categories[0];
    expect(levels).toEqual(["a", "b"]);
    expect(Array.from(codes.subarray(20, 26))).toEqual([0, 1, 0, -1, -1, -1]);
  });

  it("does not depend on the order of rows in the file, except for the row numbers", async () => {
    const rows = [...fruits(60), ...fruits(5), "7,,,plum", "7,,,plum"];
    const { source: _source, ...expected } = await prepare([fruitCsv(rows)], spec);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(rows, { minLength: rows.length }), async (shuffled) => {
        const { source: _rows, ...data } = await prepare([fruitCsv(shuffled)], spec);
        expect(data).toEqual(expected);
      }),
      { numRuns: 5 },
    );
  });
});

describe("preparing too little data", () => {
  it.each([
    [
      "fewer than ten training rows",
      hours("rsrsrs".padEnd(8, "r") + " ".repeat(16) + night),
      /only 6 of the 16 labelled rows are for training; at least 10/,
    ],
    ["no hold-out", hours(day), /none of the 22 labelled rows are in the hold-out/],
    ["a class that training lacks", hours("r".repeat(24) + night), /there are no training rows of class "down"/],
    [
      "a fold whose training rows lack a class",
      hours(`${"r".repeat(14)}sssrrrsssr${night}`),
      /fold 1 of 1 has no training rows of class "down"/,
    ],
  ])("rejects %s", async (_name, rows, reason) => {
    await expect(prepare([csv(rows)], machine)).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringMatching(reason),
    });
  });

  it("rejects a version that does not fit a spec that has become stricter, instead of losing its cells", async () => {
    const columns = { ...machine.columns, Load: { type: "number", max: 20 } };
    await expect(prepare([csv(series.slice(0, 20)), csv(series)], machineSpec({ columns }))).rejects.toMatchObject({
      code: "rejected",
      message:
        'dataset version 2 does not fit the use case as it is now (15 faults): row 22 (line 23), column Load: "21" is out of range, any to 20',
    });
  });
});
