import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modelsWithTraffic } from "../../../../shared/capture/trafficIndex";
import { CaptureWindows } from "../../../../shared/capture/windows/captureWindows";
import type { NumberProfile } from "../../../../shared/monitoring/profile";
import { trainingProfile } from "../../../../shared/monitoring/trainingProfile";
import { readSignature } from "../../../../shared/onnx/signature";
import type { BlobStore } from "../../../../shared/ports";
import { capturedBodies } from "../../../../shared/serving/wire/registry";
import { dayMs, hourMs } from "../../../../shared/time";
import {
  countingStore,
  type LoggedRequest,
  logRequests,
  type PearRow,
  pearWindows,
} from "../../../support/capturedLog";
import { type Storage, startStorage } from "../../../support/storage";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage?.stop());

const day = { from: new Date("2026-03-01T00:00:00Z"), to: new Date("2026-03-02T00:00:00Z") };
const read = (model: string, range = day, version = 1, blobs: BlobStore = storage.blobs) =>
  pearWindows(blobs, model, version).read(range);
const hourly = (model: string, hours: number, rows: PearRow[] = [[1, "red"]]): LoggedRequest[] =>
  Array.from({ length: hours }, (_, hour) => {
    const at = new Date(day.from.getTime() + hour * hourMs).toISOString();
    return { model, at, sequence: hour + 1, rows };
  });

describe("a window of captured requests", () => {
  it("is empty where nothing was captured, and where the hours of a range are", async () => {
    expect(await read("nobody")).toMatchObject({ rows: 0, duplicateRows: 0, lostRequests: 0, range: day });
    await logRequests(storage.blobs, [{ model: "gaps", at: "2026-03-01T09:00:00Z" }]);
    const [nine, ten, eleven] = ["09", "10", "11"].map((hour) => new Date(`2026-03-01T${hour}:00:00Z`));
    expect(await read("gaps", { from: ten, to: eleven })).toMatchObject({ rows: 0 });
    const { rows, newestAt } = await read("gaps", { from: nine, to: eleven });
    expect({ rows, newestAt }).toEqual({ rows: 1, newestAt: nine });
  });

  it("may hold one row, which is all that it tells of", async () => {
    await logRequests(storage.blobs, [{ model: "lonely", at: "2026-03-01T09:00:00Z", rows: [[3, "red"]] }]);
    const { inputs, predictions, moments, faults } = await read("lonely");
    expect(inputs.features).toMatchObject([
      { count: 1, missing: 0, min: 3, max: 3 },
      { count: 1, levels: [0, 1] },
    ]);
    expect(predictions).toMatchObject({ rows: 1, labels: { ripe: 1 } });
    expect(predictions.scores.ripe.rows[37]).toBe(1);
    expect(moments).toEqual({ columns: ["size"], rows: 1, sums: [3], products: [9] });
    expect(faults.map(({ longestRun }) => longestRun)).toEqual([1, 1]);
  });

  it("tells of columns that are constant, all missing, or all new", async () => {
    await logRequests(storage.blobs, hourly("constant", 3));
    const constant = await read("constant");
    expect(constant.faults.map(({ longestRun }) => longestRun)).toEqual([3, 3]);
    await logRequests(storage.blobs, hourly("missing", 3, [[null, null]]));
    const missing = await read("missing");
    expect(missing.inputs.features).toMatchObject([
      { count: 0, missing: 3, min: null, max: null },
      { count: 0, missing: 3 },
    ]);
    expect(missing.faults).toMatchObject([{ missing: 3, longestRun: 0 }, { missing: 3 }]);
    expect(missing.moments.rows).toBe(0);
    await logRequests(storage.blobs, hourly("new", 3, [[55, "green"]]));
    const fresh = await read("new");
    expect(fresh.inputs.features[1]).toMatchObject({ count: 3, levels: [0, 0], unseen: 3 });
    expect(fresh.unseenValues).toEqual({ size: { 55: 3 }, colour: { green: 3 } });
  });

  it("tells out-of-range numbers, sentinels and refused requests apart", async () => {
    await logRequests(storage.blobs, [
      {
        model: "faulty",
        at: "2026-03-01T09:00:00Z",
        rows: [
          [-1, "red"],
          [101, "red"],
          [5, null],
          [7, "blue"],
        ],
      },
      { model: "faulty", at: "2026-03-01T09:01:00Z", sequence: 2, status: 400, inputs: '{"data":[["big","red"]]}' },
    ]);
    const { faults, refused, rows } = await read("faulty");
    expect({ rows, refused }).toEqual({ rows: 4, refused: { 400: 1 } });
    expect(faults[0]).toMatchObject({ sentinels: 1, outOfRange: 1, wrongType: 1, missing: 0 });
    expect(faults[0].outside).toEqual({ sum: 101, sumSquares: 10_201, min: 101, max: 101 });
    expect(faults[1]).toMatchObject({ missing: 1, wrongType: 0 });
  });

  it("finds rows that were sent again, and fields that nobody declared", async () => {
    const at = "2026-03-01T09:00:00Z";
    const inputs = '{"rows":[{"size":1,"colour":"red","weight":3},{"size":2,"colour":"red"}]}';
    const more: LoggedRequest[] = [1, 2].map((sequence) => ({
      model: "again",
      at,
      sequence,
      inputs,
      rows: [[1, "red"]],
    }));
    const later = { ...more[0], sequence: 3, at: "2026-03-01T10:00:00Z" };
    await logRequests(storage.blobs, [...more, later]);
    const { rows, duplicateRows, unknownFields } = await read("again");
    // the rows name no time: those of another hour are other rows
    expect({ rows, duplicateRows, unknownFields }).toEqual({ rows: 6, duplicateRows: 2, unknownFields: { weight: 3 } });
  });

  it("counts hours in UTC: that clocks are put forward or back changes nothing", async () => {
    const nights = ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"];
    await logRequests(
      storage.blobs,
      nights.map((at, i) => ({ model: "nights", at, sequence: i + 1 })),
    );
    for (const at of nights) {
      const from = new Date(at.replace("30:00", "00:00"));
      expect((await read("nights", { from, to: new Date(from.getTime() + hourMs) })).rows).toBe(1);
    }
  });
});

describe("roll-ups", () => {
  it("are read in place of hours: four weeks are about fifty objects", async () => {
    const model = "weeks";
    const range = { from: new Date("2026-02-10T10:00:00Z"), to: new Date("2026-03-10T10:00:00Z") };
    const requests: LoggedRequest[] = [];
    for (let time = range.from.getTime(), sequence = 1; time < range.to.getTime(); time += 24 * hourMs)
      requests.push({ model, at: new Date(time).toISOString(), sequence: sequence++ });
    await logRequests(storage.blobs, requests);
    const first = await read(model, range);
    expect(first).toMatchObject({ rows: 28, lostRequests: 0 });
    const { store, calls } = countingStore(storage.blobs);
    expect(await read(model, range, 1, store)).toEqual(first);
    expect(calls["read days"]).toBe(27);
    expect(calls["read parts"]).toBeLessThanOrEqual(24);
    expect(calls).not.toHaveProperty("stream");
    expect(Object.keys(calls).filter((what) => what.startsWith("write"))).toEqual([]);
    expect(calls.list).toBeLessThanOrEqual(2);
  });

  it("of a month are made of its days", async () => {
    const requests = [1, 9, 28].map((date, i) => ({ at: `2026-02-${String(date).padStart(2, "0")}T09:00:00Z`, i }));
    await logRequests(
      storage.blobs,
      requests.map(({ at, i }) => ({ model: "month", at, sequence: i + 1 })),
    );
    const range = { from: new Date("2026-02-01T00:00:00Z"), to: new Date("2026-03-02T00:00:00Z") };
    const first = await read("month", range);
    const { store, calls } = countingStore(storage.blobs);
    expect(await read("month", range, 1, store)).toEqual(first);
    expect(calls).toMatchObject({ "read months": 1, "read days": 1 });
    await logRequests(storage.blobs, [{ model: "month", at: "2026-02-09T10:00:00Z", sequence: 4 }]);
    expect((await read("month", range)).rows).toBe(4);
  });

  it("find what came late, from any of ten instances, and read nothing else again", async () => {
    const model = "late";
    const of = (process: string, sequence: number): LoggedRequest => ({
      model,
      at: "2026-03-01T09:00:00Z",
      process,
      sequence,
    });
    const processes = Array.from({ length: 10 }, (_, i) => `p${i}`);
    await logRequests(
      storage.blobs,
      processes.map((process) => of(process, 1)),
    );
    const hour = { from: new Date("2026-03-01T09:00:00Z"), to: new Date("2026-03-01T10:00:00Z") };
    expect((await read(model, hour)).rows).toBe(10);
    expect((await read(model)).rows).toBe(10);
    await logRequests(storage.blobs, [of("p7", 2)]);
    const { store, calls } = countingStore(storage.blobs);
    expect((await read(model, day, 1, store)).rows).toBe(11);
    expect(calls).toMatchObject({ stream: 1, "write days": 1 });
    expect(await read(model, hour)).toMatchObject({ rows: 11, lostRequests: 0 });
  });

  it("are the same whatever was killed on the way, and whoever made them at the same time", async () => {
    const model = "killed";
    await logRequests(storage.blobs, hourly(model, 24));
    const hours = { from: day.from, to: new Date(day.from.getTime() + 23 * hourMs) };
    let writes = 0;
    const dying: BlobStore = {
      ...storage.blobs,
      write: async (...blob) => {
        if (++writes > 5) throw new Error("killed");
        return storage.blobs.write(...blob);
      },
    };
    await expect(read(model, hours, 1, dying)).rejects.toThrow("killed");
    await expect(read(model, day, 1, dying)).rejects.toThrow("killed");
    const both = await Promise.all([read(model), read(model), read(model, hours)]);
    expect(both.map(({ rows }) => rows)).toEqual([24, 24, 23]);
    expect(both[1]).toEqual(both[0]);
    expect(await read(model)).toEqual(both[0]);
  });

  it("that an instance wrote with a later listing are used by one with an earlier", async () => {
    const model = "race";
    await logRequests(storage.blobs, hourly(model, 2));
    const waiting: (() => void)[] = [];
    let isHeld = true;
    const slow: BlobStore = {
      ...storage.blobs,
      read: async (...blob) => {
        if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve));
        return storage.blobs.read(...blob);
      },
    };
    const early = read(model, day, 1, slow);
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await logRequests(storage.blobs, [{ model, at: "2026-03-01T02:00:00Z", sequence: 3 }]);
    expect((await read(model)).rows).toBe(3);
    isHeld = false;
    for (const go of waiting) go();
    expect((await early).rows).toBe(3);
    expect((await read(model)).rows).toBe(3);
  });

  it("follow a run of equal values from hour to hour and day to day", async () => {
    await logRequests(storage.blobs, hourly("frozen", 30));
    const range = { from: day.from, to: new Date(day.from.getTime() + 2 * dayMs) };
    expect((await read("frozen", range)).faults[0].longestRun).toBe(30);
  });

  it("outlive the requests that they were made of", async () => {
    await logRequests(storage.blobs, hourly("gone", 3));
    const first = await read("gone");
    for await (const { name } of storage.blobs.list("inference", "gone/v1/2026/03/01/00/"))
      await storage.blobs.remove("inference", name);
    expect(await read("gone")).toEqual(first);
    for await (const { name } of storage.blobs.list("inference", "gone/"))
      await storage.blobs.remove("inference", name);
    expect(await read("gone")).toEqual(first);
  });
});

describe("a new champion", () => {
  it("is watched from its first hour: what other versions answered counts in its bins, their predictions do not", async () => {
    await logRequests(storage.blobs, [
      { model: "heir", version: 1, at: "2026-03-01T09:00:00Z", rows: [[4, "red"]] },
      { model: "heir", version: 2, at: "2026-03-01T10:00:00Z", rows: [[5, "blue"]] },
    ]);
    const { rows, inputs, predictions, lostRequests } = await read("heir", day, 2);
    expect({ rows, lostRequests, predicted: predictions.rows }).toEqual({ rows: 2, lostRequests: 0, predicted: 1 });
    expect((inputs.features[0] as NumberProfile).sum).toBe(9);
    expect((await read("heir", day, 1)).predictions.rows).toBe(1);
  });

  it("finds its inputs by name among those of a version that took others", async () => {
    const old = readSignature(
      {
        inputs: [
          { name: "n", datatype: "FP32", shape: [-1, 2] },
          { name: "c", datatype: "BYTES", shape: [-1, 1] },
        ],
        outputs: [{ name: "label", datatype: "BYTES", shape: [-1] }],
      },
      [
        { name: "colour", type: "category", nullable: true },
        { name: "weight", type: "number", nullable: true },
        { name: "age", type: "number", nullable: true },
      ],
    );
    await logRequests(storage.blobs, [
      { model: "renamed", version: 1, at: "2026-03-01T09:00:00Z", inputs: '{"data":[["red",7,1]]}' },
    ]);
    const { signature, training } = wideModel(["weight", "height"]);
    const windows = new CaptureWindows({
      blobs: storage.blobs,
      model: "renamed",
      version: 2,
      signature,
      training,
      columns: { known: new Set(), unreadable: new Set() },
      bodies: capturedBodies,
      signatureOf: async () => old,
    });
    const { rows, inputs, faults } = await windows.read(day);
    expect(rows).toBe(1);
    // nothing is known of an input that the other version did not take: it is not missing
    expect(inputs.features).toMatchObject([
      { count: 1, sum: 7 },
      { count: 0, missing: 0 },
    ]);
    expect(faults[1].missing).toBe(0);
  });
});

it("three hundred features are counted, and kept in objects of less than a megabyte", async () => {
  const names = Array.from({ length: 300 }, (_, i) => `f${i}`);
  const { signature, training } = wideModel(names);
  const data = Array.from({ length: 20 }, (_, row) => names.map((_name, i) => (row * i) % 7));
  await logRequests(storage.blobs, [{ model: "wide", at: "2026-03-01T09:00:00Z", inputs: JSON.stringify({ data }) }]);
  const windows = new CaptureWindows({
    blobs: storage.blobs,
    model: "wide",
    version: 1,
    signature,
    training,
    columns: { known: new Set(), unreadable: new Set() },
    bodies: capturedBodies,
    signatureOf: async () => signature,
  });
  const { rows, inputs, moments } = await windows.read(day);
  expect({ rows, features: inputs.features.length, moments: moments.columns.length }).toEqual({
    rows: 20,
    features: 300,
    moments: 40,
  });
  for await (const { sizeBytes } of storage.blobs.list("profiles", "wide/")) expect(sizeBytes).toBeLessThan(1e6);
});

it("an index tells which models were asked in some hours, by one listing a day", async () => {
  await logRequests(storage.blobs, [
    { model: "asked", at: "2026-05-01T09:00:00Z" },
    { model: "asked", at: "2026-05-01T10:00:00Z" },
    { model: "other", version: 3, at: "2026-05-01T11:00:00Z" },
  ]);
  const at = (hour: number) => new Date(Date.UTC(2026, 4, 1, hour));
  const { store, calls } = countingStore(storage.blobs);
  expect(await modelsWithTraffic(store, { from: at(0), to: at(24) })).toEqual(new Set(["asked", "other"]));
  expect(calls.list).toBe(1);
  expect(await modelsWithTraffic(store, { from: at(10), to: at(11) })).toEqual(new Set(["asked"]));
  expect(await modelsWithTraffic(store, { from: at(12), to: at(24) })).toEqual(new Set());
});

function wideModel(names: string[]) {
  const features = names.map((name) => ({ name, type: "number" as const, nullable: true }));
  const graph = {
    inputs: [{ name: "numbers", datatype: "FP32" as const, shape: [-1, names.length] }],
    outputs: [{ name: "label", datatype: "BYTES" as const, shape: [-1] }],
  };
  const values = Float32Array.from({ length: 100 }, (_, i) => i % 10);
  const training = trainingProfile({ rowCount: 100, numbers: names.map((name) => ({ name, values })), categories: [] });
  return { signature: readSignature(graph, features), training };
}
