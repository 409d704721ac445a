import { describe, expect, it } from "vitest";
import { AppError } from "../../../shared/errors";
import type { ModelVersion } from "../../../shared/registry/modelVersion";
import type { FollowFailure } from "../../../shared/serving/aliasFollower";
import { ModelLoader, type VersionSource } from "../../../shared/serving/loader";
import type { ServingModel, ServingRuntime } from "../../../shared/serving/servingModel";

/** A registry and a runtime in memory, whose every call is counted; the real runtime is tested elsewhere. */
function world(sizeBytes = 1000) {
  const state = { champion: 1, loads: 0, released: [] as number[], nowMs: 0, reads: 0 };
  /** what stands between the loader and the alias's row: an outage, or silence */
  const storage: { fault?: AppError; silence?: Promise<void> } = {};
  const failures: FollowFailure[] = [];
  const source: VersionSource = {
    resolve: async (_model, reference) => {
      state.reads++;
      const { champion } = state;
      if (storage.fault) throw storage.fault;
      if (reference !== "champion") throw new AppError("not_found", `no alias "${reference}"`);
      if (storage.silence) await storage.silence;
      return champion;
    },
    version: async (model, version) => ({ model, version, sha256: `hash-${version}` }) as ModelVersion,
    bytes: async (_model, sha256) => new Uint8Array(sizeBytes).fill(Number(sha256.slice(5))),
  };
  const runtime: ServingRuntime = {
    load: async (bytes) => {
      if (bytes[0] === broken) throw new AppError("rejected", "ONNX Runtime cannot load the model");
      state.loads++;
      await Promise.resolve();
      const model: ServingModel = {
        inputs: [],
        outputs: [],
        run: async () => ({}),
        predict: async () => ({ rowCount: 0, body: "[]", log: "{}" }),
        release: async () => {
          state.released.push(bytes[0]);
        },
      };
      return model;
    },
  };
  const loader = (capacityBytes = 1e9, random?: () => number) =>
    new ModelLoader({
      source,
      runtimeOf: () => runtime,
      capacityBytes,
      aliasMaxAgeMs: 1000,
      aliasWaitMs: 20,
      nowMs: () => state.nowMs,
      random,
      onRefreshFailure: (failure) => failures.push(failure),
    });
  return { state, storage, failures, loader };
}

/** a version whose bytes no runtime loads */
const broken = 13;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** The version that answers a request now, and how old the alias is where it says so. */
async function answering(models: ModelLoader, reference = "champion") {
  const loaded = models.tryAcquire("m", reference) ?? (await models.acquire("m", reference));
  loaded.release();
  return { version: loaded.version.version, ...(loaded.aliasAgeMs !== undefined && { ageMs: loaded.aliasAgeMs }) };
}

describe("the model loader", () => {
  it("loads a version once, however many callers ask at the same time", async () => {
    const { state, loader } = world();
    const models = loader();
    const loaded = await Promise.all(Array.from({ length: 20 }, () => models.acquire("m", "champion")));
    expect(state.loads).toBe(1);
    expect(new Set(loaded.map(({ version }) => version.version))).toEqual(new Set([1]));
  });

  it("returns a loaded version from memory, without a promise", async () => {
    const { loader } = world();
    const models = loader();
    expect(models.tryAcquire("m", "champion")).toBeUndefined();
    (await models.acquire("m", "champion")).release();
    expect(models.tryAcquire("m", "champion")?.version.version).toBe(1);
  });

  it("reads an alias ahead of time, and meanwhile answers with what it knows", async () => {
    const { state, loader } = world();
    const models = loader();
    await answering(models);
    state.champion = 2;
    state.nowMs = 500;
    expect(models.tryAcquire("m", "champion")?.version.version).toBe(1);
    await until(() => models.tryAcquire("m", "champion")?.version.version === 2);
    expect(state.loads).toBe(2);
  });

  it.each([
    [0, 225],
    [1, 375],
  ])("spreads the reads of many instances by chance: %d", async (chance, dueMs) => {
    const { state, loader } = world();
    const models = loader(1e9, () => chance);
    await answering(models);
    state.nowMs = dueMs - 1;
    models.tryAcquire("m", "champion");
    expect(state.reads).toBe(1);
    state.nowMs = dueMs;
    models.tryAcquire("m", "champion");
    expect(state.reads).toBe(2);
  });

  it("never answers by an alias that is too old: the request waits for the read", async () => {
    const { state, loader } = world();
    const models = loader();
    await answering(models);
    state.champion = 2;
    state.nowMs = 180_000;
    expect(models.tryAcquire("m", "champion")).toBeUndefined();
    state.nowMs = 180_500;
    const answers = await Promise.all(Array.from({ length: 20 }, () => answering(models)));
    expect(answers).toEqual(Array(20).fill({ version: 2 }));
    expect(state.reads).toBe(2); // single flight
  });

  it("answers with the new version at once if this process moved the alias", async () => {
    const { state, storage, loader } = world();
    const models = loader();
    await answering(models);
    let answer = () => {};
    storage.silence = new Promise((resolve) => {
      answer = resolve;
    });
    state.nowMs = 500;
    models.tryAcquire("m", "champion"); // a read from before the move, which ends after it
    state.nowMs = 501;
    state.champion = 2;
    storage.silence = undefined;
    await models.aliasMoved("m");
    answer();
    expect(models.tryAcquire("m", "champion")?.version.version).toBe(2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await answering(models)).toEqual({ version: 2 });
  });

  it("answers with the last version during an outage, says how old the alias is, and waits only once", async () => {
    const { state, storage, failures, loader } = world();
    const models = loader();
    await answering(models);
    storage.fault = new AppError("unavailable", "storage is away");
    state.nowMs = 60_000;
    expect(await answering(models)).toEqual({ version: 1, ageMs: 60_000 });
    for (state.nowMs += 100; state.nowMs < 70_000; state.nowMs += 500) {
      expect(models.tryAcquire("m", "champion")?.aliasAgeMs).toBe(state.nowMs); // no request waits
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(failures[0]).toEqual({ model: "m", alias: "champion", serving: 1, reason: "storage is away" });
    storage.fault = undefined;
    state.champion = 2;
    state.nowMs += 1000;
    models.tryAcquire("m", "champion"); // reads again
    await until(() => models.tryAcquire("m", "champion")?.version.version === 2);
    expect(await answering(models)).toEqual({ version: 2 });
  });

  it("waits a bounded time for a slow read, and uses its answer when it comes", async () => {
    const { state, storage, failures, loader } = world();
    const models = loader();
    await answering(models);
    let answer = () => {};
    storage.silence = new Promise((resolve) => {
      answer = resolve;
    });
    state.champion = 2;
    state.nowMs = 5_000;
    const answers = await Promise.all([answering(models), answering(models)]);
    expect(answers).toEqual(Array(2).fill({ version: 1, ageMs: 5_000 }));
    expect(failures).toEqual([{ model: "m", alias: "champion", serving: 1, reason: "no answer within 20 ms" }]);
    answer();
    await until(() => models.tryAcquire("m", "champion")?.version.version === 2);
  });

  it("reports that an alias is gone", async () => {
    const { state, storage, failures, loader } = world();
    const models = loader();
    await answering(models);
    storage.fault = new AppError("not_found", 'model "m" has no alias "champion"');
    state.nowMs = 5_000;
    await expect(answering(models)).rejects.toMatchObject({ code: "not_found" });
    expect(failures).toEqual([{ model: "m", alias: "champion", reason: 'model "m" has no alias "champion"' }]);
  });

  it("reports that an alias points to a version that cannot be served, until it no longer does", async () => {
    const { state, failures, loader } = world();
    const models = loader();
    await answering(models);
    state.champion = broken;
    state.nowMs = 5_000;
    const told = {
      code: "not_ready",
      message: "the version that champion of m points to cannot be served: ONNX Runtime cannot load the model",
    };
    await expect(answering(models)).rejects.toMatchObject(told);
    await expect(answering(models)).rejects.toMatchObject(told);
    expect(failures).toHaveLength(1);
    state.champion = 2;
    state.nowMs += 1_500;
    expect(models.tryAcquire("m", "champion")).toBeUndefined(); // reads again
    await until(() => models.tryAcquire("m", "champion") !== undefined);
    expect(await answering(models)).toEqual({ version: 2 });
  });

  it("stays within its memory, and releases a version only when nobody uses it", async () => {
    const { state, loader } = world(1000);
    const models = loader(13_000); // room for one: a file byte counts as twelve
    const first = await models.acquire("m", "1");
    const second = await models.acquire("m", "2");
    expect(state.released).toEqual([]);
    first.release();
    first.release(); // a second release changes nothing
    expect(state.released).toEqual([1]);
    expect(models.loadedBytes).toBe(12_000);
    second.release();
    expect(state.released).toEqual([1]);
  });

  it("never returns a version that another load has evicted", async () => {
    const { state, loader } = world(1000);
    const models = loader(13_000); // room for one
    const held = await Promise.all([1, 2, 3].map((version) => models.acquire("m", String(version))));
    expect(held.map(({ version }) => version.version)).toEqual([1, 2, 3]);
    const released = [...state.released];
    for (const model of held) model.release();
    const inUse = state.loads - released.length;
    expect(inUse).toBe(3);
  });

  it("says why a reference cannot be loaded", async () => {
    const { loader } = world();
    await expect(loader().acquire("m", "nobody")).rejects.toMatchObject({ code: "not_found" });
  });
});
