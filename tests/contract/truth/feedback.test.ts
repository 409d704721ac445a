import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { truthHistory } from "../../../shared/truth/truthHistory";
import { type Storage, startStorage } from "../../support/storage";
import { stationSpec, TruthWorld } from "../../support/truthWorld";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage?.stop());

let count = 0;
const newWorld = (changes: object = {}) => new TruthWorld(storage.blobs, stationSpec(`stations-${++count}`, changes));
const wet = { label: ["wet", "dry"], probability: [0.75, 0.9] };
const rowAt = (At: string, Station = "JFK") => ({ At, Station, Pressure: 1000, State: "rain" });
const statuses = (answers: { status: string }[]) => answers.map(({ status }) => status);

describe("feedback by request", () => {
  it("is accepted once, changed by another label, and found with its history", async () => {
    const world = newWorld();
    const id = await world.capture("2013-07-01T09:59:59.999Z", [rowAt("x"), rowAt("y")], wet);
    const [first, second] = [0, 1].map((row) => ({ requestId: id, row, label: "rain" }));
    expect(statuses(await world.tell([first, second, { ...second, label: "wet" }]))).toEqual([
      "accepted",
      "accepted",
      "repeated",
    ]);
    world.nowMs += 1000;
    expect(statuses(await world.tell([first, { ...second, label: "clear" }]))).toEqual(["repeated", "changed"]);
    expect(await truthHistory(world.instance(), world.spec, { requestId: id.toUpperCase(), row: 1 })).toEqual([
      { label: "dry", raw: "clear", at: "2013-07-02T00:00:01.000Z", source: "feedback", holds: true },
      { label: "wet", raw: "rain", at: "2013-07-02T00:00:00.000Z", source: "feedback", holds: false },
    ]);
    expect((await world.outcomes())["09:00"]).toMatchObject({
      predictions: 2,
      labelled: 2,
      confusion: [
        [1, 0],
        [0, 1],
      ],
      wrongInOrder: "00",
    });
  });

  it("is refused row by row, each with its reason, and the others are taken", async () => {
    const world = newWorld();
    const id = await world.capture("2013-07-01T09:00:00Z", [rowAt("x"), rowAt("y")], wet);
    expect(
      await world.tell([
        { requestId: id, row: 0, label: "hail" },
        { requestId: id, row: 2, label: "rain" },
        { requestId: id, label: "rain" },
        { requestId: id, row: 0, entity: "JFK", label: "rain" },
        { requestId: "0172ad90-47c5-4f2a-9d52-0c8b9d2a1f11", label: "rain" },
        { requestId: id, row: 1, label: "rain" },
        { label: "rain" },
        { time: "yesterday", entity: "JFK", label: "rain" },
        { time: "2013-07-01T09:00:00Z", label: "rain" },
        { time: "2013-07-01T09:00:00Z", entity: "JFK", label: "rain", colour: "red" },
        7,
      ] as object[]),
    ).toEqual([
      { status: "refused", reason: "label: use one of rain, snow, clear, dry, wet" },
      { status: "refused", reason: "row: the request has 2 rows, counted from 0" },
      { status: "refused", reason: "row: it is missing; the request has 2 rows" },
      { status: "refused", reason: "requestId: send either requestId and row, or entity and time" },
      { status: "unknown", reason: expect.stringMatching("^requestId: it names no time: ids of earlier releases") },
      { status: "accepted" },
      { status: "refused", reason: "time: it is missing; send requestId, or the time of the row that was scored" },
      { status: "refused", reason: "time: a time in ISO 8601 is needed, such as 2024-07-01T00:00:00Z" },
      { status: "refused", reason: "entity: it is missing; send the row's Station" },
      { status: "refused", reason: "colour: a row has requestId and row, or entity and time; and label" },
      { status: "refused", reason: "an object is needed" },
    ]);
  });

  it("that comes before its request is captured is unknown, is kept, and counts once it is", async () => {
    const world = newWorld();
    const id = await new TruthWorld(storage.blobs, stationSpec("elsewhere")).capture("2013-07-01T09:00:00Z", [{}], wet);
    const row = { requestId: id, label: "dry" };
    expect(await world.tell([row])).toEqual([{ status: "unknown", reason: expect.stringContaining("kept") }]);
    expect(statuses(await world.tell([row]))).toEqual(["unknown"]);
    await world.capture("2013-07-01T09:00:00Z", [{ Pressure: 1 }], { label: ["wet"], probability: [0.6] }, id);
    expect(statuses(await world.tell([row]))).toEqual(["repeated"]);
    expect((await world.outcomes())["09:00"]).toMatchObject({ predictions: 1, labelled: 1, wrongInOrder: "1" });
  });

  it("finds a request that was captured in the hour after it came", async () => {
    const world = newWorld();
    const id = await new TruthWorld(storage.blobs, stationSpec("elsewhere")).capture("2013-07-01T09:59:59Z", [{}], wet);
    await world.capture("2013-07-01T10:00:01Z", [{ Pressure: 1 }], { label: ["wet"], probability: [0.6] }, id);
    expect(statuses(await world.tell([{ requestId: id, label: "rain" }]))).toEqual(["accepted"]);
    expect((await world.outcomes())["10:00"]).toMatchObject({ labelled: 1, wrongInOrder: "0" });
  });
});

describe("feedback by entity and time", () => {
  const scored = { label: ["wet"], probability: [0.75] };

  it("finds rows whatever zone their times are written in, and on both sides of a change of clocks", async () => {
    const world = newWorld();
    await world.capture("2013-07-01T09:05:00Z", [rowAt("2013-07-01T05:00:00-04:00")], scored);
    await world.capture("2013-07-01T09:06:00Z", [rowAt("2013-11-03T01:30:00-04:00")], scored);
    await world.capture("2013-07-01T09:07:00Z", [rowAt("2013-11-03T01:30:00-05:00")], scored);
    await world.observe();
    const answers = await world.tell([
      { entity: "JFK", time: "2013-07-01 09:00", label: "clear" },
      { entity: " JFK ", time: "2013-11-03T05:30:00Z", label: "rain" },
      { entity: "LGA", time: "2013-07-01 09:00", label: "rain" },
    ]);
    expect(statuses(answers)).toEqual(["accepted", "accepted", "unknown"]);
    expect((await world.outcomes())["09:00"]).toMatchObject({
      predictions: 3,
      labelled: 2,
      wrongInOrder: "10",
      slices: {
        "Station=JFK": [
          [0, 1],
          [0, 1],
        ],
        "At=month 07": [
          [0, 1],
          [0, 0],
        ],
        "At=month 11": [
          [0, 0],
          [0, 1],
        ],
      },
    });
  });

  it("yields to nothing but newer feedback: an observation says less than a person", async () => {
    const world = newWorld();
    await world.capture("2013-07-01T09:05:00Z", [rowAt("2013-07-01T09:00:00Z")], scored);
    await world.capture("2013-07-01T13:05:00Z", [{ ...rowAt("2013-07-01T13:00:00Z"), State: "clear" }], scored);
    await world.observe();
    expect((await world.outcomes())["09:00"]).toMatchObject({ labelled: 1, wrongInOrder: "1" });
    const row = { entity: "JFK", time: "2013-07-01T09:00:00Z", label: "snow" };
    expect(statuses(await world.tell([row]))).toEqual(["changed"]);
    await world.capture("2013-07-01T13:30:00Z", [{ ...rowAt("2013-07-01T13:00:00Z"), State: "clear" }], scored);
    await world.observe();
    expect((await world.outcomes())["09:00"]).toMatchObject({ labelled: 1, wrongInOrder: "0" });
  });

  it("finds a row whose entity is captured as a hash, and none whose entity is not captured", async () => {
    const columns = (sensitive: string) => ({
      At: { type: "timestamp" },
      Station: { type: "category", sensitive },
      Pressure: { type: "number" },
      State: { type: "category", values: ["rain", "snow", "clear"] },
    });
    const world = newWorld({ columns: columns("hash") });
    const { masks } = world.instance();
    const Station = String(masks.of(world.spec).get("Station")?.mask("JFK"));
    await world.capture("2013-07-01T09:05:00Z", [rowAt("2013-07-01T09:00:00Z", Station)], scored);
    const row = { entity: " JFK", time: "2013-07-01T09:00:00Z", label: "clear" };
    expect(statuses(await world.tell([row]))).toEqual(["accepted"]);
    expect((await world.outcomes())["09:00"]).toMatchObject({ labelled: 1, wrongInOrder: "1" });
    const [{ status, reason }] = await newWorld({ columns: columns("omit") }).tell([row]);
    expect([status, reason]).toEqual(["refused", expect.stringContaining("the column Station is not captured")]);
  });

  it("needs a time column", async () => {
    const world = newWorld({
      time: undefined,
      entity: undefined,
      horizonHours: undefined,
      evaluation: undefined,
      split: { kind: "stratified", holdoutFraction: 0.2, folds: 2 },
    });
    expect(await world.tell([{ time: "2013-07-01T09:00:00Z", label: "rain" }])).toEqual([
      { status: "refused", reason: "requestId: it is missing; the use case has no time column to find rows by" },
    ]);
  });
});
