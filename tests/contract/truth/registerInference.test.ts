import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAuditTrail } from "../../../shared/ledger/auditTrail";
import { registerDueInference } from "../../../shared/loop/registerDueInference";
import { registerInference } from "../../../shared/loop/registerInference";
import { auditedTables } from "../../../shared/storageNames";
import type { Usecase } from "../../../shared/usecase/loadUsecases";
import { taskOf } from "../../../shared/usecase/specTask";
import { Loop } from "../../support/loop";
import { day, signatureOf, stationSpec, TruthWorld } from "../../support/truthWorld";

let loop: Loop;
beforeAll(async () => {
  loop = await Loop.start(stationSpec("stations"));
});
afterAll(() => loop?.stop());

const by = { actor: "Ada", reason: "a week to learn from" };
const scored = { label: ["wet"], probability: [0.75] };

const register = (world: TruthWorld, range = day) => {
  const ports = portsOf(world);
  return registerInference(ports, ports.usecases.get(world.spec.name) as Usecase, range, by);
};

/** Those of the app; the world's version 1 is in no registry. */
function portsOf(world: TruthWorld) {
  const { app } = loop;
  const version = { version: 1, signature: world.signature };
  const registry = { version: async () => version } as unknown as typeof app.registry;
  const usecases = new Map([[world.spec.name, { spec: world.spec, folder: "", hash: "" }]]);
  return { ...app, ...world.instance(), registry, usecases, clock: world.clock };
}

async function stored({ spec }: TruthWorld, version: number): Promise<string[]> {
  const { blob } = await loop.app.datasets.version(spec.name, version);
  const bytes = await loop.app.blobs.read("datasets", blob);
  return Buffer.from(bytes ?? [])
    .toString("utf8")
    .trimEnd()
    .split("\n");
}

describe("scored rows of a series as a dataset", () => {
  it("are observations: training joins the state of one to the row a horizon before, and not a second time", async () => {
    const world = new TruthWorld(loop.app.blobs, stationSpec("stations"));
    const row = (hour: string, State: string | null, Pressure: unknown = 1000) => ({
      At: `2013-07-01T${hour}:00:00+00:00`,
      Station: 'the "old", pier',
      Pressure,
      State,
    });
    const first = await world.capture("2013-07-01T08:01:00Z", [row("08", "clear", 990), row("09", "clear")], {
      label: ["wet", "dry"],
      probability: [0.75, 0.875],
    });
    await world.capture("2013-07-01T08:02:00Z", [row("08", "clear", 991)], scored); // the same hour, once more
    await world.capture("2013-07-01T12:01:00Z", [row("12", "rain")], scored);
    await world.capture("2013-07-01T13:01:00Z", [row("13", "clear", "a text")], scored);
    await world.capture("2013-07-01T14:01:00Z", [{ Pressure: 1000 }], scored); // of no time
    await world.tell([{ requestId: first, row: 1, label: "snow" }]); // said of 09:00, which is about 13:00
    const registered = await register(world);
    expect(registered).toEqual({ version: 1, created: true, rows: 4, withTruth: 2, repeated: 1, unusable: 1 });
    const lines = await stored(world, 1);
    expect(lines[0]).toBe(
      "At,Station,Pressure,State,predicted_label,predicted_probability,predicted_value,truth,request_id,request_row,predicted_at,model_version",
    );
    expect(lines.slice(1).map((line) => line.split(",2013")[0].replace(/,[0-9a-f-]{36},\d+$/, ""))).toEqual([
      '2013-07-01T08:00:00.000Z,"the ""old"", pier",991,clear,wet,0.75,,wet',
      '2013-07-01T09:00:00.000Z,"the ""old"", pier",1000,clear,dry,0.875,,wet',
      '2013-07-01T12:00:00.000Z,"the ""old"", pier",1000,rain,wet,0.75,,',
      '2013-07-01T13:00:00.000Z,"the ""old"", pier",,snow,wet,0.75,,',
    ]);
    const dataset = await loop.app.datasets.version("stations", 1);
    expect(dataset).toMatchObject({
      file: "inference-2013-07-01T00-2013-07-02T00.csv",
      rowCount: 4,
      labelledRows: 2,
      from: "2013-07-01T08:00:00.000Z",
      to: "2013-07-01T13:00:00.000Z",
    });
    const [entry] = await readAuditTrail(loop.app.tables, auditedTables, "stations", { limit: 1 });
    expect(entry).toMatchObject({ action: "dataset registered", ...by });
  });

  it("are the same version when the same range is asked for again, and another once more is known", async () => {
    const world = new TruthWorld(loop.app.blobs, stationSpec("stations"));
    const again = { from: new Date("2013-07-01T00:30:00Z"), to: new Date("2013-07-01T23:10:00Z") };
    expect(await register(world, again)).toMatchObject({ version: 1, created: false });
    await world.tell([{ entity: 'the "old", pier', time: "2013-07-01T08:00:00Z", label: "dry" }]);
    expect(await register(world)).toMatchObject({ version: 2, created: true });
    expect((await stored(world, 2))[3]).toMatch(/^2013-07-01T12:00:00.000Z,"the ""old"", pier",1000,clear,/);
  });

  it("are refused where there is none", async () => {
    const world = new TruthWorld(loop.app.blobs, stationSpec("stations"));
    const empty = { from: new Date("2013-08-01T00:00:00Z"), to: new Date("2013-08-02T00:00:00Z") };
    await expect(register(world, empty)).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("none was captured"),
    });
  });
});

describe("scored rows without a horizon as a dataset", () => {
  const single = { time: undefined, entity: undefined, horizonHours: undefined, evaluation: undefined };
  const split = { kind: "stratified", holdoutFraction: 0.2, folds: 2 };

  it("have their truth as label where it is known, a class as a value of the label column", async () => {
    const State = { type: "category", values: ["rain", "snow", "clear"] };
    const spec = stationSpec("lots", { ...single, split, columns: { Pressure: { type: "number" }, State } });
    const world = new TruthWorld(loop.app.blobs, spec);
    const outputs = { label: ["wet", "dry", "dry"], probability: [0.75, 0.9, 0.8] };
    const rows = [1, 2, 3].map((Pressure) => ({ Pressure, State: "clear" }));
    const id = await world.capture("2013-07-01T08:01:00Z", rows, outputs);
    await world.tell([
      { requestId: id, row: 0, label: "snow" },
      { requestId: id, row: 1, label: "wet" },
    ]);
    expect(await register(world)).toMatchObject({ version: 1, rows: 3, withTruth: 2, unusable: 0 });
    expect((await stored(world, 1)).slice(1).map((line) => line.split(",").slice(0, 6).join(","))).toEqual([
      "1,snow,wet,0.75,,wet",
      "2,rain,dry,0.9,,wet",
      "3,,dry,0.8,,",
    ]);
    expect(await loop.app.datasets.version("lots", 1)).toMatchObject({ rowCount: 3, labelledRows: 2 });
  });

  it("have their true value with regression", async () => {
    const spec = stationSpec("prices", {
      ...single,
      split,
      columns: { Pressure: { type: "number" }, Price: { type: "number" } },
      label: { column: "Price" },
      candidates: [{ learner: "ridge-regression", grid: { l2: [1] } }],
      selection: { metric: "rmse" },
    });
    expect(taskOf(spec)).toBe("regression");
    const world = new TruthWorld(loop.app.blobs, spec, signatureOf(spec));
    const id = await world.capture("2013-07-01T08:01:00Z", [{ Pressure: 1 }, { Pressure: 2 }], { value: [2.5, 3.5] });
    await world.tell([{ requestId: id, row: 1, label: "4.25" }]);
    expect(await register(world)).toMatchObject({ rows: 2, withTruth: 1 });
    expect((await stored(world, 1)).slice(1).map((line) => line.split(",").slice(0, 6).join(","))).toEqual([
      "1,,,,2.5,",
      "2,4.25,,,3.5,4.25",
    ]);
    expect((await world.outcomes())["08:00"]).toMatchObject({
      predictions: 2,
      labelled: 1,
      values: { sumError: -0.75, sumAbsolute: 0.75, sumSquares: 0.5625, sumTruth: 4.25, sumTruthSquares: 18.0625 },
    });
  });
});

describe("the policy fromInference", () => {
  it("registers each window of its schedule once, late enough, and says where there is nothing", async () => {
    const schedule = { schedule: "daily 06:00", timeZone: "America/New_York", delayHours: 4 };
    const spec = stationSpec("daily", { policies: { onNewData: "none", fromInference: schedule } });
    const world = new TruthWorld(loop.app.blobs, spec);
    const due = () => registerDueInference(portsOf(world));
    await world.capture("2013-03-09T12:00:00Z", [{ At: "2013-03-09T12:00:00Z", Station: "JFK", Pressure: 1 }], scored);
    world.nowMs = Date.parse("2013-03-10T13:59:00Z"); // 09:59 in New York, where the clocks changed that night
    const before = "daily: what was scored from 2013-03-08T11:00:00.000Z to 2013-03-09T11:00:00.000Z: no row";
    expect(await due()).toEqual([expect.stringContaining(before)]);
    expect(await due()).toEqual([]);
    world.nowMs = Date.parse("2013-03-10T14:05:00Z");
    const window = "from 2013-03-09T11:00:00.000Z to 2013-03-10T10:00:00.000Z";
    expect(await due()).toEqual([`daily: what was scored ${window}: version 1, 1 rows`]);
    expect(await due()).toEqual([]);
    const [entry] = await readAuditTrail(loop.app.tables, auditedTables, "daily", { limit: 1 });
    expect(entry).toMatchObject({ actor: "the policy fromInference", reason: "due 2013-03-10T10:00:00.000Z" });
  });
});
