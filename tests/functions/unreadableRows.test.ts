import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBlobStore } from "../../shared/azure/blobs";
import { connectStorage } from "../../shared/azure/connection";
import { createTableStore } from "../../shared/azure/tables";
import { DatasetRegistry } from "../../shared/data/datasetRegistry";
import { InboxLedger } from "../../shared/inbox/inboxLedger";
import { listAudit } from "../../shared/ledger/auditEntry";
import { VerifiedBlobs } from "../../shared/ledger/verifiedBlobs";
import { MonitorStore } from "../../shared/monitoring/monitorStore";
import { ModelRegistry } from "../../shared/registry/modelRegistry";
import { RunStore } from "../../shared/training/runStore";
import { RecordedTelemetry } from "../support/recordedTelemetry";
import { LoadedFunctions } from "./loadedFunctions";

const usecase = "coffee-grade";
const start = Date.parse("2026-01-01T00:00:00Z");
const at = (minute: number) => new Date(start + minute * 60_000).toISOString();

let functions: LoadedFunctions;
let stores: ReturnType<typeof open>;
beforeAll(async () => {
  functions = await LoadedFunctions.start();
  stores = open();
  for (minute = 0; minute < 5; minute++) await seed();
  await damage();
});
afterAll(() => functions?.stop());

let minute = 0;
function open() {
  const connection = { kind: "connectionString" as const, connectionString: functions.connectionString };
  const blobs = createBlobStore(connectStorage(connection).blobs);
  const tables = createTableStore(connection);
  const clock = { now: () => new Date(start + minute * 60_000) };
  const documents = new VerifiedBlobs(blobs, async () => {});
  return {
    blobs,
    tables,
    runs: new RunStore(tables, blobs, documents),
    monitors: new MonitorStore(tables, blobs),
    datasets: new DatasetRegistry(tables, documents, clock),
    inbox: new InboxLedger(tables, clock),
    registry: new ModelRegistry({ blobs, documents, tables, clock, telemetry: new RecordedTelemetry() }),
  };
}

/** One run, result, version, dataset and rejected file of a minute, and a file in the inbox. */
async function seed(): Promise<void> {
  const { runs, monitors, datasets, registry, blobs, inbox } = stores;
  const run = { usecase, trigger: "request", status: "failed", force: false, codeRevision: "x" } as const;
  await runs.create({ ...run, id: `${usecase}.request-${minute}`, requestedAt: at(minute) });
  const window = { windowStart: at(0), windowEnd: at(minute), targetRows: 0, findings: [], details: {} };
  const signal = "a-later-signal";
  await monitors.save({ model: usecase, version: 1, signal, at: at(minute), verdict: "ok", ...window });
  const file = { usecase, sha256: String(minute).repeat(64), file: `${minute}.csv`, sizeBytes: 1, blob: "b" };
  await datasets.register({ ...file, rowCount: 1, labelledRows: 1, notes: [], profile: "p", profileSha256: "s" });
  await datasets.reject({ ...file, reasons: [{ message: "m" }], reasonCount: 1 });
  for (const model of [usecase, "moved", "weather"]) {
    const gate = { decision: "refused" as const, reasons: [] };
    const lineage = { source: "training" as const, codeRevision: "x" };
    const details = { signature: { inputs: [], outputs: [], features: [] }, lineage, gate };
    const bytes = Buffer.from(`${model} ${minute}`);
    await registry.register({ model, bytes, details, operation: `op-${minute}`, actor: "test" });
  }
  await blobs.write("datasets-inbox", `${usecase}/${minute}.csv`, "x");
  const path = `datasets-inbox/${usecase}/${minute}.csv`;
  await inbox.record(path, { sha256: "0", status: "accepted", judgedAt: "2999-01-01T00:00:00.000Z" });
}

/** Spoils one row or more of each table: cut short, or written by a newer release. */
async function damage(): Promise<void> {
  const { tables, blobs } = stores;
  const spoil = async (table: string, rowKey: string, row: object = {}) => {
    const partitionKey = rowKey.includes(":") || rowKey === "head" || rowKey.startsWith(usecase) ? usecase : "_inbox";
    await tables.transaction(table, [{ kind: "upsert", row: { partitionKey, rowKey, ...row } }]);
  };
  const keyOf = async (table: string, prefix: string, skip: number) => {
    const keys: string[] = [];
    for await (const { rowKey } of tables.list(table, usecase, { from: `${prefix}:`, to: `${prefix};` }))
      keys.push(rowKey);
    return keys[skip];
  };
  await spoil("runs", `${usecase}.request-2`);
  await spoil("runs", await keyOf("runs", "audit", 1));
  await spoil("datasets", "v:000003", { form: 99 });
  await spoil("datasets", await keyOf("datasets", "rejected", 2));
  await spoil("datasets", createHash("sha256").update(`datasets-inbox/${usecase}/2.csv`).digest("hex"), {
    status: "lost",
  });
  await spoil("models", "head");
  await spoil("models", "v:000003", { form: 99 });
  await spoil("models", "alias:champion");
  const cut = { partitionKey: "moved", rowKey: "alias:champion" };
  await tables.transaction("models", [{ kind: "upsert", row: cut }]);
  await spoil("monitors", await keyOf("monitors", "result", 0), { form: 99 });
  const spoilt = await keyOf("monitors", "result", 2);
  await blobs.write("monitors", `${usecase}/${spoilt.slice("result:".length)}.json`, "{");
}

// biome-ignore lint/suspicious/noExplicitAny: replies of several endpoints
type Reply = any;

/** Every page of a list, two entries each: the entries of its fields, and what cannot be read. */
async function pages(name: string, request: { params?: Record<string, string>; query?: Record<string, string> }) {
  const found: Reply[] = [];
  for (let cursor: string | undefined; found.length === 0 || cursor !== undefined; ) {
    const query = { ...request.query, limit: "2", ...(cursor !== undefined && { cursor }) };
    const { status, json } = await functions.http(name, { ...request, query });
    expect([status, json.error]).toEqual([200, undefined]);
    found.push(json);
    cursor = json.next ?? json.models?.[0].next;
  }
  const unreadable: string[] = [...new Set(found.flatMap((page) => page.unreadable ?? []))];
  return { found, unreadable: unreadable.sort() };
}

const all = (found: Reply[], field: string) => found.flatMap((page) => page[field]);

describe("a stored row that cannot be read is named beside those that can, page by page", () => {
  it.each<Record<string, string>>([{}, { usecase }])("in the list of runs %j", async (query) => {
    const { found, unreadable } = await pages("listRuns", { query });
    expect(all(found, "runs").map(({ id }) => id)).toEqual([4, 3, 1, 0].map((n) => `${usecase}.request-${n}`));
    const named = `the row "${usecase}.request-2" of partition "${usecase}" in table runs cannot be read: `;
    expect(unreadable).toEqual([expect.stringContaining(named)]);
  });

  it.each<Record<string, string>>([{}, { usecase }])("in the list of datasets %j", async (query) => {
    const { found, unreadable } = await pages("listDatasets", { query });
    const files = ["4.csv", "3.csv", "1.csv", "0.csv"];
    expect(all(found, "datasets").map(({ file }) => file)).toEqual(files);
    expect(all(found, "rejected").map(({ file }) => file)).toEqual(files);
    expect(unreadable).toEqual([
      expect.stringMatching(/^the row "rejected:2+:.*" in table datasets cannot be read: /),
      expect.stringMatching(/^the row "v:000003" .* in table datasets has form 99, .*newer release/),
    ]);
  });

  it.each<Record<string, string>>([{}, { folder: usecase }])(
    "in the list of dropped files %j, where its file is pending",
    async (query) => {
      const { found, unreadable } = await pages("listInbox", { query });
      const files = all(found, "files").map(({ file, status, reason }) => [file, status, reason]);
      const [named] = unreadable;
      expect(named).toMatch(/^the row "[0-9a-f]{64}" of partition "_inbox" in table datasets cannot be read: /);
      expect(unreadable).toHaveLength(1);
      expect(files.toSorted()).toEqual([
        ["0.csv", "accepted", undefined],
        ["1.csv", "accepted", undefined],
        ["2.csv", "pending", named],
        ["3.csv", "accepted", undefined],
        ["4.csv", "accepted", undefined],
      ]);
    },
  );

  it("in the list of models: one by its version, its alias and its head", async () => {
    const { found, unreadable } = await pages("listModels", { query: { model: usecase } });
    const versions = found.flatMap(({ models }) => models[0].versions.map(({ version }: Reply) => version));
    expect(versions).toEqual([5, 4, 2, 1]);
    expect(unreadable).toEqual([
      expect.stringMatching(/^the row "alias:champion" of partition "coffee-grade" in table models cannot be read: /),
      expect.stringMatching(/^the row "head" of partition "coffee-grade" in table models cannot be read: /),
      expect.stringMatching(/^the row "v:000003" of partition "coffee-grade" in table models has form 99, /),
    ]);
    const models = await functions.http("listModels", {});
    expect(models.json.models.map(({ model }: Reply) => model)).toEqual([usecase, "moved", "weather"]);
    expect(models.json.unreadable).toEqual(expect.arrayContaining(unreadable));
  });

  it("in no list of another model", async () => {
    const { status, json } = await functions.http("listModels", { query: { model: "weather" } });
    expect([status, json.models[0].versions.length]).toEqual([200, 5]);
    expect(json).not.toHaveProperty("unreadable");
  });

  it("in the list of monitor results, by its row or its details, and instead of the champion", async () => {
    const { found, unreadable } = await pages("getMonitors", { params: { model: usecase } });
    expect(all(found, "results").map((result) => result.at)).toEqual([3, 1, 0].map(at));
    expect(unreadable).toEqual([
      expect.stringMatching(/^the row "alias:champion" .* cannot be read: /),
      expect.stringMatching(/^the row "result:.*" of partition "coffee-grade" in table monitors has form 99, /),
      expect.stringMatching(/^the stored document monitors\/coffee-grade\/.*\.json cannot be read: /),
    ]);
    expect(found[0].champion).toEqual({ watched: false, reason: unreadable[0] });
  });

  it("in the audit trail", async () => {
    const { found, unreadable } = await pages("getAudit", { params: { model: usecase } });
    // four tables: 5 runs, 10 datasets, 5 versions, less the one
    const entries = all(found, "entries").map((entry) => `${entry.at} ${entry.operation}`);
    expect([entries.length, new Set(entries).size]).toEqual([19, 19]);
    expect(entries).toEqual(entries.toSorted((a, b) => b.slice(0, 24).localeCompare(a.slice(0, 24))));
    expect(unreadable).toEqual([expect.stringMatching(/^the row "audit:.*" in table runs cannot be read: /)]);
  });
});

describe("a change by hand that has been made", () => {
  const person = { reason: "a test", actor: "Ann" };

  it("is reported where another alias of the model cannot be read", async () => {
    const params = { model: "moved", alias: "challenger" };
    const { status, json } = await functions.http("moveAlias", { params, body: { version: 2, ...person } });
    expect([status, json.error]).toEqual([200, undefined]);
    expect(json.aliases).toEqual({ challenger: 2 });
    expect(json.unreadable).toEqual([expect.stringMatching(/^the row "alias:champion" of partition "moved" /)]);
  });
});

describe("what is decided on rows", () => {
  it("takes none of them for absent where it cannot be read", async () => {
    const { runs, datasets, registry, monitors, inbox, tables } = stores;
    await expect(runs.list(usecase)).rejects.toMatchObject({ code: "corrupt" });
    await expect(datasets.usedVersions(usecase)).rejects.toMatchObject({ code: "unavailable" });
    await expect(datasets.rejected(usecase)).rejects.toMatchObject({ code: "corrupt" });
    await expect(registry.versions(usecase)).rejects.toMatchObject({ code: "unavailable" });
    await expect(registry.aliases(usecase)).rejects.toMatchObject({ code: "corrupt" });
    await expect(registry.resolve(usecase, "champion")).rejects.toMatchObject({ code: "corrupt" });
    await expect(monitors.list(usecase, { limit: 9 })).rejects.toMatchObject({
      code: expect.stringMatching(/corrupt|unavail/),
    });
    await expect(inbox.all()).rejects.toMatchObject({ code: "corrupt" });
    await expect(listAudit(tables, "runs", usecase, { limit: 9 })).rejects.toMatchObject({ code: "corrupt" });
  });
});
