import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { captureContainer, InferenceLog } from "../../../shared/capture/inferenceLog";
import { CaptureWindows } from "../../../shared/capture/windows/captureWindows";
import type { NumberProfile } from "../../../shared/monitoring/profile";
import { trainingProfile } from "../../../shared/monitoring/trainingProfile";
import { readSignature } from "../../../shared/onnx/signature";
import { capturedBodies } from "../../../shared/serving/wire/registry";
import { type Storage, startStorage } from "../../support/storage";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage?.stop());

const signature = readSignature(
  {
    inputs: [
      { name: "numbers", datatype: "FP32", shape: [-1, 1] },
      { name: "categories", datatype: "BYTES", shape: [-1, 1] },
    ],
    outputs: [{ name: "label", datatype: "BYTES", shape: [-1] }],
  },
  [
    { name: "colour", type: "category", nullable: true },
    { name: "size", type: "number", nullable: true },
  ],
);
const training = trainingProfile({
  rowCount: 4,
  numbers: [{ name: "size", values: Float32Array.of(1, 2, 3, 4) }],
  categories: [{ name: "colour", levels: ["blue", "red"], codes: Int32Array.of(0, 1, 0, 1) }],
});
const clock = { time: Date.parse("2026-03-01T10:59:59Z"), now: () => new Date(clock.time) };

function newLog(
  instance: string,
  options: { onLoss?: (count: number) => void; blobs?: Storage["blobs"]; maxPendingBytes?: number } = {},
) {
  const { onLoss = () => {}, blobs = storage.blobs, maxPendingBytes } = options;
  const reports = { lost: onLoss, failed: () => {}, written: () => {} };
  return new InferenceLog({ blobs, clock, instance, reports, maxPendingBytes });
}
const entry = (model: string, inputs: string, more: object = {}) => ({
  id: "id",
  model,
  version: 1,
  status: 200,
  latencyMs: 1.25,
  rows: 1,
  route: "champion",
  format: "plain",
  inputs,
  outputs: '{"label":["x"]}',
  ...more,
});
const range = { from: new Date("2026-03-01T09:30:00Z"), to: new Date("2026-03-01T12:00:01Z") };

/** What was captured of a model, counted for version 1, and how many bytes of the log were read for it. */
async function rollUp(model: string) {
  let newBytes = 0;
  const blobs = {
    ...storage.blobs,
    stream: async (...[container, name, from, to]: Parameters<typeof storage.blobs.stream>) => {
      newBytes += to - from;
      return storage.blobs.stream(container, name, from, to);
    },
  };
  const windows = new CaptureWindows({
    blobs,
    model,
    version: 1,
    signature,
    training,
    columns: { known: new Set(), unreadable: new Set() },
    bodies: capturedBodies,
    signatureOf: async () => signature,
  });
  return { ...(await windows.read(range)), newBytes };
}

async function lines(model: string): Promise<string[]> {
  const all: string[] = [];
  for await (const { name } of storage.blobs.list(captureContainer, `${model}/`))
    all.push(
      ...Buffer.from((await storage.blobs.read(captureContainer, name)) as Uint8Array)
        .toString("utf8")
        .trimEnd()
        .split("\n"),
    );
  return all;
}

function withoutFeatures(counted: object) {
  return { ...counted, inputs: { rows: 9, features: [] } };
}

/** The name of the only blob whose name begins with `prefix`. */
async function onlyName(container: string, prefix: string): Promise<string> {
  const names: string[] = [];
  for await (const { name } of storage.blobs.list(container, prefix)) names.push(name);
  expect(names).toHaveLength(1);
  return names[0];
}

describe("the inference log", () => {
  it("writes one CloudEvents line per request, in a blob for the model, version and hour", async () => {
    const log = newLog("one");
    log.record(entry("lines", '{"rows":[{"size":1,"colour":"red"}]}'));
    clock.time += 2000; // the hour changes between the two
    log.record(entry("lines", '{"data":\n[["blue",2]]\n}'));
    await log.close();
    const names: string[] = [];
    for await (const { name } of storage.blobs.list(captureContainer, "lines/")) names.push(name);
    expect(names).toEqual(["lines/v1/2026/03/01/10/one.jsonl", "lines/v1/2026/03/01/11/one.jsonl"]);
    const events = (await lines("lines")).map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({
      specversion: "1.0",
      type: "tidegate.inference",
      id: "id",
      source: "/models/lines",
      time: "2026-03-01T10:59:59.000Z",
      modelversion: 1,
      data: {
        status: 200,
        latencyMs: 1.25,
        rows: 1,
        route: "champion",
        inputs: { rows: [{ size: 1, colour: "red" }] },
        outputs: { label: ["x"] },
      },
    });
    expect(events[1].data.inputs).toEqual({ data: [["blue", 2]] });
  });

  it("keeps refused requests too, whatever their body, as one line each", async () => {
    const log = newLog("bad");
    log.record(entry("refused", 'not "JSON"\nat all', { status: 400, outputs: undefined, error: 'bad "body"' }));
    log.record(entry("../evil", "{}", { status: 404, outputs: undefined }));
    await log.close();
    const [event] = (await lines("refused")).map((line) => JSON.parse(line));
    expect(event.data).toMatchObject({ status: 400, error: 'bad "body"', inputs: 'not "JSON"\nat all', outputs: null });
    expect((await lines("unknown")).length).toBe(1);
  });

  it("keeps what it could not write for the next attempt, and counts what it had to drop", async () => {
    const state = { down: true, lost: 0 };
    const blobs = {
      ...storage.blobs,
      append: async (container: string, name: string, content: Uint8Array) => {
        if (state.down) throw new Error("storage is away");
        return storage.blobs.append(container, name, content);
      },
    };
    const log = newLog("outage", {
      blobs,
      onLoss: (count) => {
        state.lost += count;
      },
      maxPendingBytes: 2000,
    });
    for (let i = 0; i < 20; i++) {
      log.record(entry("outage", `{"data":[["red",${i}]]}`));
      if (i % 5 === 4) await log.flush();
    }
    expect(state.lost).toBe(15);
    state.down = false;
    await log.close();
    const kept = (await lines("outage")).map((line) => JSON.parse(line).data.inputs.data[0][1]);
    expect(kept.length + state.lost).toBe(20);
    expect(kept.at(-1)).toBe(19);
  });
});

describe("the roll-up", () => {
  it("counts the rows of both forms, missing values and unseen categories", async () => {
    const log = newLog("a");
    log.record(entry("counts", '{"data":[["red",1],["green",null]]}', { rows: 2 }));
    log.record(entry("counts", '{"rows":[{"colour":null,"size":4.5,"more":{"inputs":[1]}}]}'));
    log.record(entry("counts", '{"data":[["red",99]]}', { status: 400 }));
    await log.close();
    const { inputs, rows, unreadableRequests, refused } = await rollUp("counts");
    expect({ rows, unreadableRequests, refused }).toEqual({ rows: 3, unreadableRequests: 0, refused: { 400: 1 } });
    const [size, colour] = inputs.features;
    expect(size).toMatchObject({ count: 2, missing: 1, sum: 5.5, min: 1, max: 4.5 });
    expect(colour).toMatchObject({ count: 2, missing: 1, levels: [0, 1], unseen: 1 });
  });

  it("reads each captured byte once, over several blobs and runs", async () => {
    const first = newLog("a");
    const second = newLog("b");
    first.record(entry("once", '{"data":[["red",1]]}'));
    second.record(entry("once", '{"data":[["red",2]]}'));
    await Promise.all([first.flush(), second.flush()]);
    const { newBytes, ...firstRead } = await rollUp("once");
    expect(firstRead.rows).toBe(2);
    expect(newBytes).toBe(Buffer.byteLength(`${(await lines("once")).join("\n")}\n`));
    expect(await rollUp("once")).toEqual({ ...firstRead, newBytes: 0 });
    first.record(entry("once", '{"data":[["red",3]]}'));
    await Promise.all([first.close(), second.close()]);
    const third = await rollUp("once");
    expect(third).toMatchObject({ rows: 3, newBytes: Buffer.byteLength(`${(await lines("once"))[1]}\n`) });
    expect((third.inputs.features[0] as NumberProfile).sum).toBe(6);
  });

  it.each<[string, (kept: string) => string, string[]]>([
    ["is cut short", (kept) => kept.slice(0, 50), ["it is made again"]],
    [
      "counts no features",
      (kept) => JSON.stringify({ ...JSON.parse(kept), counted: withoutFeatures(JSON.parse(kept).counted) }),
      [],
    ],
    ["counts in other bins", (kept) => kept.replace('"levels":[0,1]', '"levels":[0,0,1]'), []],
  ])("is made again where what was kept of it %s", async (what, damage, warnings) => {
    const model = `kept-${what.replaceAll(" ", "-")}`;
    const log = newLog("x");
    log.record(entry(model, '{"data":[["red",1]]}'));
    await log.close();
    const whole = await rollUp(model);
    const name = await onlyName("profiles", `${model}/`);
    const kept = Buffer.from((await storage.blobs.read("profiles", name)) ?? expect.unreachable()).toString();
    await storage.blobs.write("profiles", name, damage(kept));
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    expect(await rollUp(model)).toEqual(whole);
    expect(warned.mock.calls.flat()).toEqual(warnings.map((words) => expect.stringContaining(words)));
    warned.mockRestore();
    expect(await rollUp(model)).toMatchObject({ rows: 1, newBytes: 0 });
    await storage.blobs.write("profiles", name, '{"form":99}');
    await expect(rollUp(model)).rejects.toMatchObject({ code: "unavailable" });
  });

  it("skips a line that it cannot read, and counts it", async () => {
    const name = "damaged/v1/2026/03/01/11/x.jsonl";
    const log = newLog("x");
    log.record(entry("damaged", '{"data":[["red",1]]}'));
    await log.close();
    await storage.blobs.append(
      captureContainer,
      name,
      Buffer.from('garbage\n{"data":{"status":200,"inputLength":9,"inputs":{{{{}}\n'),
    );
    expect(await rollUp("damaged")).toMatchObject({ rows: 1, unreadableRequests: 2 });
  });

  it("counts requests in an unknown format, or without rows in their body, in each run", async () => {
    const log = newLog("x");
    log.record(entry("foreign", '{"data":[["red",1]]}'));
    log.record(entry("foreign", '{"inputs":[{"name":"size","data":[1]}]}', { format: "telex" }));
    log.record(entry("foreign", '{"inputs":[{"name":"size","data":[1]}]}'));
    await log.close();
    expect(await rollUp("foreign")).toMatchObject({ rows: 1, unreadableRequests: 2, lostRequests: 0 });
    expect(await rollUp("foreign")).toMatchObject({ rows: 1, newBytes: 0, unreadableRequests: 2 });
  });

  it("leaves a line that is still being written for the next run", async () => {
    const name = "partial/v1/2026/03/01/11/x.jsonl";
    const log = newLog("x");
    log.record(entry("partial", '{"data":[["red",1]]}'));
    await log.close();
    const whole = (await storage.blobs.read(captureContainer, name)) as Uint8Array;
    const next = Buffer.from(Buffer.from(whole).toString("utf8").replace("000000000001", "000000000002"));
    await storage.blobs.append(captureContainer, name, next.subarray(0, 100));
    expect(await rollUp("partial")).toMatchObject({ rows: 1, unreadableRequests: 0 });
    await storage.blobs.append(captureContainer, name, next.subarray(100));
    expect(await rollUp("partial")).toMatchObject({ rows: 2, unreadableRequests: 0 });
  });

  it("reports how many requests are missing between the lines of a process", async () => {
    const state = { down: false };
    const append: typeof storage.blobs.append = async (...block) => {
      if (state.down) throw new Error("storage is away");
      return storage.blobs.append(...block);
    };
    const log = newLog("gappy", { blobs: { ...storage.blobs, append }, maxPendingBytes: 800 });
    const other = newLog("other");
    other.record(entry("gaps", '{"data":[["blue",9]]}'));
    const write = async (value: number) => {
      log.record(entry("gaps", `{"data":[["red",${value}]]}`));
      await log.flush();
    };
    await write(1);
    state.down = true;
    for (let value = 2; value <= 6; value++) await write(value);
    state.down = false;
    clock.time += 3_600_000; // what is missing between two hours counts too
    await write(7);
    await Promise.all([log.close(), other.close()]);
    const { rows, lostRequests } = await rollUp("gaps");
    clock.time -= 3_600_000;
    expect(lostRequests).toBeGreaterThan(2);
    expect(rows + lostRequests).toBe(8);
    expect(log.state().lostRecords).toBe(lostRequests);
  });

  it("counts a block once if it was written twice because the response to the first append was lost", async () => {
    const state = { deaf: true };
    const append: typeof storage.blobs.append = async (...block) => {
      await storage.blobs.append(...block);
      if (state.deaf) throw new Error("the answer was lost");
    };
    const log = newLog("twice", { blobs: { ...storage.blobs, append } });
    log.record(entry("twice", '{"data":[["red",1]]}'));
    await log.flush();
    state.deaf = false;
    log.record(entry("twice", '{"data":[["red",2]]}'));
    await log.close();
    expect((await lines("twice")).length).toBe(3);
    expect(await rollUp("twice")).toMatchObject({ rows: 2, lostRequests: 0 });
  });

  it("reports how many rows came in requests that were too large to keep", async () => {
    const log = newLog("large");
    log.record(entry("large", `{"data":[["${"x".repeat(17 * 2 ** 20)}",1]]}`, { rows: 3 }));
    log.record(entry("large", '{"data":[["red",1]]}'));
    await log.close();
    const [first] = (await lines("large")).map((line) => JSON.parse(line));
    expect(first.data).toMatchObject({ rows: 3, inputs: null, inputsOmitted: 17 * 2 ** 20 + 17 });
    expect(first.data.outputs).toEqual({ label: ["x"] });
    expect(await rollUp("large")).toMatchObject({ rows: 1, omittedRows: 3, lostRequests: 0, unreadableRequests: 0 });
  });

  it("is empty if nothing was captured", async () => {
    expect(await rollUp("nothing")).toMatchObject({ rows: 0, newBytes: 0 });
  });
});
