import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listAudit } from "../../../shared/ledger/auditEntry";
import { VerifiedBlobs } from "../../../shared/ledger/verifiedBlobs";
import type { TableRow } from "../../../shared/ports";
import { ModelRegistry } from "../../../shared/registry/modelRegistry";
import type { VersionDetails } from "../../../shared/registry/modelVersion";
import { RecordedTelemetry } from "../../support/recordedTelemetry";
import { type Storage, startStorage } from "../../support/storage";

let storage: Storage;
let registry: ModelRegistry;
const telemetry = new RecordedTelemetry();

const ports = () => ({
  ...storage,
  documents: new VerifiedBlobs(storage.blobs, async () => {}),
  clock: { now: () => new Date() },
  telemetry,
});

beforeAll(async () => {
  storage = await startStorage();
  registry = new ModelRegistry(ports());
});
afterAll(() => storage?.stop());

const details: VersionDetails = {
  signature: { inputs: [], outputs: [], features: [] },
  lineage: { source: "training", runId: "r", codeRevision: "test" },
  gate: { decision: "promoted", reasons: ["test"] },
};
const register = (model: string, content: string, operation = `op-${content}`) =>
  registry.register({ model, bytes: Buffer.from(content), details, operation, actor: "test" });

describe("the model registry", () => {
  it("gives twenty concurrent registrations twenty consecutive versions", async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, i) => register("race", `model ${i}`)));
    expect(outcomes.map(({ version }) => version).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
    expect(await registry.versions("race")).toHaveLength(20);
    expect((await listAudit(storage.tables, "models", "race", { limit: 100 })).map(({ action }) => action)).toEqual(
      Array(20).fill("version registered"),
    );
  });

  it("returns the existing version for the same bytes, even when registrations race", async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, i) => register("same", "one model", `op-${i}`)));
    expect(new Set(outcomes.map(({ version }) => version))).toEqual(new Set([1]));
    expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
    expect(await listAudit(storage.tables, "models", "same", { limit: 10 })).toHaveLength(1);
  });

  it("gives back the details and the bytes of a version", async () => {
    const { version } = await register("details", "content");
    const found = await registry.version("details", version);
    expect(found).toMatchObject({ model: "details", version: 1, sizeBytes: 7, ...details });
    expect(Buffer.from(await registry.bytes("details", found.sha256)).toString()).toBe("content");
  });

  it("registers the details that it was given, even if those of an interrupted attempt were edited", async () => {
    const request = { model: "cut", bytes: Buffer.from("cut"), details, operation: "op-cut", actor: "test" };
    const transaction = async () => {
      throw new Error("killed");
    };
    const killed = new ModelRegistry({ ...ports(), tables: { ...storage.tables, transaction } });
    await expect(killed.register(request)).rejects.toThrow("killed");
    for await (const { name } of storage.blobs.list("models", "cut/details/"))
      await storage.blobs.write(
        "models",
        name,
        JSON.stringify({ ...details, gate: { decision: "promoted", reasons: [] } }),
      );
    const { version } = await registry.register(request);
    expect(await registry.version("cut", version)).toMatchObject(details);
  });

  it("names the blob and the field of details that cannot be read", async () => {
    const { version } = await register("unreadable", "unreadable");
    const row = await storage.tables.get("models", "unreadable", "v:000001");
    const { signature: _signature, ...rest } = details;
    await storage.blobs.write("models", String(row?.details), JSON.stringify({ form: 1, ...rest }));
    const untold = { ...row, detailsSha256: undefined } as TableRow;
    await storage.tables.transaction("models", [{ kind: "upsert", row: untold }]);
    await expect(registry.version("unreadable", version)).rejects.toMatchObject({
      code: "corrupt",
      message: `the stored document models/${row?.details} cannot be read: signature: it is missing; an object is needed; put the original back`,
    });
  });

  it("marks a version that is not shown better than a baseline, in lists and alone", async () => {
    const interval = (against: string, low: number, high: number) => ({
      against,
      difference: low,
      low,
      high,
      confidence: 0.95,
    });
    const differences = [interval("majority", -0.1, -0.05), interval("persistence", -0.01, 0.001)];
    const bytes = (content: string) => ({
      model: "marked",
      bytes: Buffer.from(content),
      operation: content,
      actor: "test",
    });
    await registry.register({ ...bytes("unsure"), details: { ...details, differences } });
    await registry.register({ ...bytes("sure"), details: { ...details, differences: differences.slice(0, 1) } });
    const [unsure, sure] = await registry.versions("marked");
    expect(unsure.notShownBetter).toEqual(["persistence"]);
    expect(sure).not.toHaveProperty("notShownBetter");
    expect((await registry.version("marked", 1)).notShownBetter).toEqual(["persistence"]);
    expect((await registry.version("marked", 2)).notShownBetter).toBeUndefined();
  });

  it("moves an alias with its audit entry, and keeps the old champion as previous", async () => {
    await register("alias", "a");
    await register("alias", "b");
    const move = { model: "alias", alias: "champion" as const, actor: "test", reason: "because" };
    await registry.moveAlias({ ...move, version: 1, operation: "move-1" });
    await registry.moveAlias({ ...move, version: 2, operation: "move-2" });
    expect(await registry.aliases("alias")).toEqual({ champion: 2, previous: 1 });
    expect((await listAudit(storage.tables, "models", "alias", { limit: 1 }))[0]).toMatchObject({
      action: "alias moved",
      reason: "because",
      details: { from: 1, to: 2 },
    });
    expect(await registry.resolve("alias", "champion")).toBe(2);
    expect(telemetry.events).toContainEqual(
      expect.objectContaining({ attributes: expect.objectContaining({ alias: "champion", version: 2 }) }),
    );
  });

  it("changes nothing if someone else has moved the alias", async () => {
    await register("stale", "a");
    await register("stale", "b");
    const move = { model: "stale", alias: "champion" as const, actor: "test", reason: "because" };
    await registry.moveAlias({ ...move, version: 1, operation: "move-1" });
    const seen = await registry.alias("stale", "champion");
    await registry.moveAlias({ ...move, version: 2, operation: "move-2" });
    await expect(
      registry.moveAlias({ ...move, version: 1, operation: "move-3", etag: seen?.etag }),
    ).rejects.toMatchObject({ code: "precondition_failed" });
    await expect(registry.moveAlias({ ...move, version: 1, operation: "move-4", expected: 1 })).rejects.toMatchObject({
      code: "precondition_failed",
    });
    expect(await registry.aliases("stale")).toEqual({ champion: 2, previous: 1 });
    expect(await listAudit(storage.tables, "models", "stale", { limit: 100 })).toHaveLength(4);
  });

  it("records a move to the version that the alias points at, with its reason, and leaves previous alone", async () => {
    await register("confirm", "a");
    await register("confirm", "b");
    const move = { model: "confirm", alias: "champion" as const, actor: "Ann" };
    await registry.moveAlias({ ...move, version: 1, operation: "move-1", reason: "first" });
    await registry.moveAlias({ ...move, version: 2, operation: "move-2", reason: "second" });
    const before = await registry.alias("confirm", "champion");
    const again = { ...move, version: 2, operation: "move-3", reason: "seen and trusted", pin: {} };
    await registry.moveAlias(again);
    await registry.moveAlias(again); // delivered twice
    expect(await registry.aliases("confirm")).toEqual({ champion: 2, previous: 1 });
    expect(await registry.alias("confirm", "champion")).toMatchObject({
      movedAt: before?.movedAt,
      pin: { by: "Ann", reason: "seen and trusted" },
    });
    const trail = await listAudit(storage.tables, "models", "confirm", { limit: 100 });
    expect(trail.filter(({ action }) => action === "alias confirmed")).toMatchObject([
      { actor: "Ann", reason: "seen and trusted", details: { from: 2, to: 2, pinned: true } },
    ]);
  });

  it("pins only until a time in the future", async () => {
    await register("ended", "a");
    const move = { model: "ended", alias: "champion" as const, actor: "Ann", reason: "r", operation: "o", version: 1 };
    await expect(registry.moveAlias({ ...move, pin: { until: "2020-01-01T00:00:00Z" } })).rejects.toMatchObject({
      code: "invalid_input",
      details: [{ path: "until" }],
    });
    expect(await registry.aliases("ended")).toEqual({});
  });

  it("lists what there is if a model, a version or an alias is unknown", async () => {
    await register("known", "a");
    await expect(registry.resolve("known", "champion")).rejects.toThrow('model "known" has no alias "champion"');
    await expect(registry.version("known", 7)).rejects.toThrow('model "known" has no version 7');
    await expect(registry.resolve("nothing", "champion")).rejects.toThrow(
      /there is no model "nothing"; the models are .*known/,
    );
    await expect(
      registry.moveAlias({ model: "known", alias: "champion", version: 9, operation: "x", actor: "t", reason: "r" }),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});
