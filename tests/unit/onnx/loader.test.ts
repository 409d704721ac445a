import { describe, expect, it } from "vitest";
import { AppError } from "../../../shared/errors";
import { ModelLoader, type VersionSource } from "../../../shared/onnx/loader";
import type { ModelRuntime, RuntimeModel } from "../../../shared/ports";
import type { ModelVersion } from "../../../shared/registry/modelVersion";

/** A registry and a runtime in memory, whose every call is counted; the real runtime is tested elsewhere. */
function world(sizeBytes = 1000) {
  const state = { champion: 1, loads: 0, released: [] as number[], down: false, nowMs: 0 };
  const source: VersionSource = {
    resolve: async (_model, reference) => {
      if (state.down) throw new AppError("unavailable", "storage is away");
      if (reference === "nobody") throw new AppError("not_found", 'no alias "nobody"');
      return reference === "champion" ? state.champion : Number(reference);
    },
    version: async (model, version) => ({ model, version, sha256: `hash-${version}` }) as ModelVersion,
    bytes: async (_model, sha256) => new Uint8Array(sizeBytes).fill(Number(sha256.slice(5))),
  };
  const runtime: ModelRuntime = {
    load: async (bytes) => {
      state.loads++;
      await Promise.resolve();
      const model: RuntimeModel = {
        inputs: [],
        outputs: [],
        run: async () => ({}),
        predict: async () => ({ rowCount: 0, reply: "[]", log: "{}" }),
        release: async () => {
          state.released.push(bytes[0]);
        },
      };
      return model;
    },
  };
  const loader = (capacityBytes: number) =>
    new ModelLoader({ source, runtime, capacityBytes, aliasMaxAgeMs: 100, nowMs: () => state.nowMs });
  return { state, loader };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe("the model loader", () => {
  it("loads a version once however many ask at the same time", async () => {
    const { state, loader } = world();
    const models = loader(1e9);
    const loaded = await Promise.all(Array.from({ length: 20 }, () => models.acquire("m", "champion")));
    expect(state.loads).toBe(1);
    expect(new Set(loaded.map(({ version }) => version.version))).toEqual(new Set([1]));
  });

  it("answers from memory without a promise once a version is loaded", async () => {
    const { loader } = world();
    const models = loader(1e9);
    expect(models.tryAcquire("m", "champion")).toBeUndefined();
    (await models.acquire("m", "champion")).release();
    expect(models.tryAcquire("m", "champion")?.version.version).toBe(1);
  });

  it("follows a moved alias after the new version is loaded, never answering with none", async () => {
    const { state, loader } = world();
    const models = loader(1e9);
    (await models.acquire("m", "champion")).release();
    state.champion = 2;
    state.nowMs = 1000;
    expect(models.tryAcquire("m", "champion")?.version.version).toBe(1); // starts the refresh, serves the old one meanwhile
    await until(() => models.tryAcquire("m", "champion")?.version.version === 2);
    expect(state.loads).toBe(2);
  });

  it("serves the loaded version while storage is away", async () => {
    const { state, loader } = world();
    const models = loader(1e9);
    (await models.acquire("m", "champion")).release();
    state.down = true;
    for (state.nowMs = 1000; state.nowMs < 5000; state.nowMs += 500) {
      expect(models.tryAcquire("m", "champion")?.version.version).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
    }
  });

  it("keeps within its memory and releases a version only when nobody uses it", async () => {
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

  it("never gives out a version that another load has pushed out", async () => {
    const { state, loader } = world(1000);
    const models = loader(13_000); // room for one
    const held = await Promise.all([1, 2, 3].map((version) => models.acquire("m", String(version))));
    expect(held.map(({ version }) => version.version)).toEqual([1, 2, 3]);
    const released = [...state.released];
    for (const model of held) model.release();
    const inUse = state.loads - released.length;
    expect(inUse).toBe(3);
  });

  it("tells why a reference cannot be loaded", async () => {
    const { loader } = world();
    await expect(loader(1e9).acquire("m", "nobody")).rejects.toMatchObject({ code: "not_found" });
  });
});
