import { describe, expect, it } from "vitest";
import type { CaptureEntry } from "../../../shared/capture/captureLine";
import { InferenceLog, type InferenceLogOptions } from "../../../shared/capture/inferenceLog";
import { isAppError } from "../../../shared/errors";

const kib = 1024;

function entry(inputs = '{"data":[[1]]}', more: Partial<CaptureEntry> = {}): CaptureEntry {
  const usual = {
    id: "id",
    model: "fruit",
    version: 1,
    status: 200,
    latencyMs: 1,
    rows: 1,
    route: "champion",
    format: "plain",
  };
  return { ...usual, inputs, outputs: '{"label":["x"]}', ...more };
}

/**
 * A log over storage that a test holds in its hand: appends stand in `appends` until they are settled, or end at once.
 */
function newLog(options: Partial<InferenceLogOptions> & { answer?: "ok" | "fail" | "hang" } = {}) {
  const appends: { name: string; lines: string[]; resolve(): void; reject(error: Error): void }[] = [];
  const told = { lost: 0, failed: 0, written: 0 };
  const storage = { answer: options.answer ?? "ok" };
  const append = (_container: string, name: string, content: Uint8Array, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const lines = Buffer.from(content).toString("utf8").trimEnd().split("\n");
      appends.push({ name, lines, resolve, reject });
      signal?.addEventListener("abort", () => reject(new Error("no answer in time")));
      if (storage.answer === "ok") resolve();
      if (storage.answer === "fail") reject(new Error("the disk is full"));
    });
  const log = new InferenceLog({
    blobs: { append, create: async () => true },
    clock: { now: () => new Date() },
    instance: "one",
    reports: {
      lost: (count) => {
        told.lost += count;
      },
      failed: () => {
        told.failed++;
      },
      written: () => {
        told.written++;
      },
    },
    ...options,
  });
  return { log, appends, told, storage };
}

describe("the buffered log", () => {
  it("writes after 256 KiB, and smaller amounts within a second", async () => {
    const { log, appends } = newLog();
    for (let i = 0; i < 256; i++) log.record(entry("x".repeat(kib)));
    await expect.poll(() => appends.length, { timeout: 10_000 }).toBe(1);
    log.record(entry());
    await expect.poll(() => appends.length, { timeout: 10_000 }).toBe(2);
    await log.close();
    expect(appends.flatMap(({ lines }) => lines).length).toBe(257);
  });

  it("numbers the lines of each model version, and names who wrote them", async () => {
    const { log, appends } = newLog();
    for (const version of [1, 2, 1]) log.record(entry(undefined, { version }));
    await log.close();
    const lines = appends.flatMap((append) => append.lines.map((line) => JSON.parse(line)));
    const shown = lines.map(({ modelversion, sequence, instance }) => `${instance} ${modelversion} ${sequence}`);
    expect(shown.sort()).toEqual(["one 1 000000000001", "one 1 000000000002", "one 2 000000000001"]);
  });

  it("keeps no more than its bound while a write hangs, and counts what it dropped", async () => {
    const maxPendingBytes = 1024 * kib;
    const { log, told, storage } = newLog({ answer: "hang", maxPendingBytes, writeLimitMs: 3_600_000 });
    let most = 0;
    for (let i = 0; i < 5000; i++) {
      log.record(entry("x".repeat(kib)));
      most = Math.max(most, log.state().waitingBytes);
      if (i % 100 === 0) await new Promise(setImmediate);
    }
    expect(most).toBeLessThanOrEqual(maxPendingBytes);
    expect(told.lost).toBeGreaterThan(3000);
    expect(log.state().lostRecords).toBe(told.lost);
    storage.answer = "ok";
  });

  it("gives up on a write that hangs, tries again, and loses nothing", async () => {
    const { log, appends, told, storage } = newLog({ answer: "hang", writeLimitMs: 20 });
    log.record(entry());
    await log.flush();
    expect(told).toEqual({ lost: 0, failed: 1, written: 0 });
    expect(log.state().isFailing).toBe(true);
    storage.answer = "ok";
    log.record(entry());
    await log.close();
    expect(appends.at(-1)?.lines.length).toBe(2);
    expect(log.state()).toMatchObject({ waitingBytes: 0, lostRecords: 0, isFailing: false });
  });

  it("reports what was lost when it is closed during an outage", async () => {
    const { log, told } = newLog({ answer: "fail" });
    for (let i = 0; i < 3; i++) log.record(entry());
    await log.close();
    expect(told.lost).toBe(3);
  });

  it("keeps a request that is too large without its body, and then without its outputs", async () => {
    const { log, appends } = newLog({ maxLineBytes: kib });
    log.record(entry("x".repeat(2 * kib)));
    log.record(entry("x".repeat(2 * kib), { outputs: `"${"y".repeat(kib)}"` }));
    await log.close();
    const [first, second] = appends.flatMap(({ lines }) => lines.map((line) => JSON.parse(line).data));
    expect(first).toMatchObject({ inputs: null, inputsOmitted: 2 * kib, outputs: { label: ["x"] } });
    expect(second).toMatchObject({ inputs: null, outputs: null, outputsOmitted: kib + 2 });
  });

  it("keeps requests for unknown models in one folder, whatever they are called", async () => {
    const { log, appends } = newLog();
    for (const model of ["a", "b", "../c"])
      log.record(entry("{}", { model, version: 0, status: 404, outputs: undefined }));
    await log.close();
    expect(appends.map(({ name, lines }) => [name.split("/2")[0], lines.length])).toEqual([["unknown/v0", 3]]);
    expect(appends[0].lines.map((line) => JSON.parse(line).source)).toEqual([
      "/models/a",
      "/models/b",
      "/models/unknown",
    ]);
  });
});

describe("the durable log", () => {
  it("makes a reply wait for its line, and lets waiting requests share an append", async () => {
    const { log, appends, storage } = newLog({ durable: true, answer: "hang", replyWaitMs: 60_000 });
    const answered: number[] = [];
    const replies = [0, 1, 2, 3].map((at) => Promise.resolve(log.record(entry())).then(() => answered.push(at)));
    await expect.poll(() => appends.length, { timeout: 10_000 }).toBe(1);
    expect(answered).toEqual([]);
    storage.answer = "ok";
    appends[0].resolve();
    await Promise.all(replies);
    expect(appends.map(({ lines }) => lines.length).reduce((sum, lines) => sum + lines)).toBe(4);
    expect(appends.length).toBeLessThanOrEqual(2);
    await log.close();
  });

  it.each(["fail", "hang"] as const)(
    "refuses a reply that cannot be recorded: storage answers with %s",
    async (answer) => {
      const { log, storage } = newLog({ durable: true, answer, replyWaitMs: 20, writeLimitMs: 50 });
      const refused = await Promise.resolve(log.record(entry())).catch((error: unknown) => error);
      expect(isAppError(refused, "unavailable")).toBe(true);
      storage.answer = "ok";
      const isRecorded = () =>
        Promise.resolve(log.record(entry())).then(
          () => true,
          () => false,
        );
      await expect.poll(isRecorded, { timeout: 10_000 }).toBe(true);
      await log.close();
    },
  );

  it("does not make a refusal wait", async () => {
    const { log, storage } = newLog({ durable: true, answer: "hang" });
    expect(log.record(entry("{}", { status: 400, outputs: undefined }))).toBeUndefined();
    storage.answer = "ok";
    await log.close();
  });
});
