import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { close } from "../../shared/alerts/alertByHand";
import { AlertStore } from "../../shared/alerts/alertStore";
import type { Dispatch } from "../../shared/alerts/dispatch";
import { createBlobStore } from "../../shared/azure/blobs";
import { connectStorage } from "../../shared/azure/connection";
import { createTableStore } from "../../shared/azure/tables";
import { DatasetRegistry } from "../../shared/data/datasetRegistry";
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
beforeAll(async () => {
  functions = await LoadedFunctions.start();
  await seed();
});
afterAll(() => functions?.stop());

/** What the alerts about one use case started. */
const started = {
  kind: "retrain",
  outcome: "done",
  words: "started run weather.drift-1",
  runId: "weather.drift-1",
} as const;

/**
 * Seven runs, results, versions and alerts (the even ones open), and four datasets with three rejected files between
 * them, each a minute after the previous one.
 */
async function seed(): Promise<void> {
  const connection = { kind: "connectionString" as const, connectionString: String(process.env.AzureWebJobsStorage) };
  const blobs = createBlobStore(connectStorage(connection).blobs);
  const tables = createTableStore(connection);
  let minute = 0;
  const clock = { now: () => new Date(start + minute * 60_000) };
  const documents = new VerifiedBlobs(blobs, async () => {});
  const runs = new RunStore(tables, blobs, documents);
  const monitors = new MonitorStore(tables, blobs);
  const datasets = new DatasetRegistry(tables, documents, clock);
  const registry = new ModelRegistry({ blobs, documents, tables, clock, telemetry: new RecordedTelemetry() });
  const dispatch: Dispatch = async (alert, note) => (alert.subject === "weather" ? note(alert, started) : alert);
  const alerts = new AlertStore({ tables, clock, telemetry: new RecordedTelemetry(), dispatch });
  for (minute = 0; minute < 7; minute++) {
    // names that sort another way than their times
    const id = `${usecase}.request-${(minute * 5) % 7}`;
    const run = {
      id,
      usecase,
      trigger: "request" as const,
      status: "failed" as const,
      force: false,
      codeRevision: "x",
    };
    await runs.create({ ...run, requestedAt: at(minute) });
    const window = {
      windowStart: at(0),
      windowEnd: at(minute),
      targetRows: 0,
      findings: [],
      details: {},
    };
    await monitors.save({
      model: usecase,
      version: 1,
      signal: "a-later-signal",
      at: at(minute),
      verdict: "ok",
      ...window,
    });
    const file = { usecase, sha256: String(minute).repeat(64), file: `${minute}.csv`, sizeBytes: 1, blob: "b" };
    if (minute % 2 === 0)
      await datasets.register({ ...file, rowCount: 1, labelledRows: 1, notes: [], profile: "p", profileSha256: "s" });
    else await datasets.reject({ ...file, reasons: [{ message: "m" }], reasonCount: 1 });
    await registry.register({
      model: usecase,
      bytes: Buffer.from(`model ${minute}`),
      details: {
        signature: { inputs: [], outputs: [], features: [] },
        lineage: { source: "training", codeRevision: "x" },
        gate: { decision: "refused", reasons: [] },
      },
      operation: `op-${minute}`,
      actor: "test",
    });
    const subject = minute < 5 ? "my-model" : "weather";
    const alert = { subject, rule: `rule-${(minute * 5) % 7}`, severity: "info" as const, summary: "s", evidence: {} };
    const raised = await alerts.raise(alert);
    if (minute % 2 === 1) await alerts.change(raised.alert.id, close({ actor: "test", reason: "seen" }));
  }
}

// biome-ignore lint/suspicious/noExplicitAny: replies of several endpoints
type Reply = any;

/** Every page of a list, three entries each. */
async function pages(name: string, request: { params?: object; query?: object }): Promise<Reply[]> {
  const found: Reply[] = [];
  for (let cursor: string | undefined; found.length === 0 || cursor !== undefined; ) {
    const query = { ...request.query, limit: "3", ...(cursor !== undefined && { cursor }) };
    const { status, json } = await functions.http(name, { ...request, query } as Parameters<
      LoadedFunctions["http"]
    >[1]);
    expect(status).toBe(200);
    found.push(json);
    cursor = json.next ?? json.models?.[0].next;
  }
  return found;
}

describe("a list", () => {
  it("comes newest first, in pages with every entry once: runs", async () => {
    const all = await pages("listRuns", { query: { usecase } });
    expect(all.map(({ runs }) => runs.length)).toEqual([3, 3, 1]);
    expect(all.flatMap(({ runs }) => runs.map((run: Reply) => run.requestedAt))).toEqual([6, 5, 4, 3, 2, 1, 0].map(at));
  });

  it("comes newest first, in pages with every entry once: datasets with rejected files", async () => {
    const all = await pages("listDatasets", { query: { usecase } });
    const files = (list: Reply[]) => list.map(({ file }) => file);
    expect(all.map(({ datasets, rejected }) => [files(datasets), files(rejected)])).toEqual([
      [
        ["6.csv", "4.csv", "2.csv"],
        ["5.csv", "3.csv", "1.csv"],
      ],
      [["0.csv"], []],
    ]);
  });

  it("comes newest first, in pages with every entry once: monitor results", async () => {
    const all = await pages("getMonitors", { params: { model: usecase } });
    expect(all.flatMap(({ results }) => results.map((result: Reply) => result.at))).toEqual(
      [6, 5, 4, 3, 2, 1, 0].map(at),
    );
  });

  it("comes newest first, in pages with every entry once: the audit trail of four sources", async () => {
    const all = await pages("getAudit", { params: { model: usecase } });
    const entries = all.flatMap(({ entries }) => entries.map((entry: Reply) => `${entry.at} ${entry.operation}`));
    expect(entries).toHaveLength(21);
    expect(new Set(entries).size).toBe(21);
    const times = entries.map((entry) => entry.slice(0, 24));
    expect(times).toEqual(times.toSorted().reverse());
  });

  it("comes newest first, in pages with every entry once: versions of a model", async () => {
    const all = await pages("listModels", { query: { model: usecase } });
    expect(all.flatMap(({ models }) => models[0].versions.map((one: Reply) => one.version))).toEqual([
      7, 6, 5, 4, 3, 2, 1,
    ]);
  });

  it.each([
    [{}, [6, 5, 4, 3, 2, 1, 0]],
    [{ status: "open" }, [6, 4, 2, 0]],
    [{ status: "resolved" }, [5, 3, 1]],
    [{ subject: "my-model" }, [4, 3, 2, 1, 0]],
    [{ subject: "my-model", status: "open" }, [4, 2, 0]],
  ])("comes newest first, in pages with every entry once: alerts %j", async (query, minutes) => {
    const all = await pages("listAlerts", { query });
    expect(all[0].alerts).toHaveLength(Math.min(3, minutes.length));
    expect(all.flatMap(({ alerts }) => alerts.map((alert: Reply) => alert.raisedAt))).toEqual(minutes.map(at));
  });

  it("shows what an alert started: every action, and the newest separately", async () => {
    const { json } = await functions.http("listAlerts", { query: { subject: "weather", limit: "1" } });
    expect(json.alerts).toMatchObject([
      { action: started.words, runId: started.runId, actions: [{ ...started, at: expect.stringMatching(/Z$/) }] },
    ]);
    expect(Object.keys(json.alerts[0])).not.toContain("form");
  });

  it("names the stored alert that cannot be read beside those that can", async () => {
    const shown = await functions.http("listAlerts", { query: { subject: "weather" } });
    expect(shown.json).not.toHaveProperty("unreadable");
    const tables = createTableStore({
      kind: "connectionString",
      connectionString: String(process.env.AzureWebJobsStorage),
    });
    const row = { partitionKey: "damaged", rowKey: "alert:1-rule", form: 1 };
    await tables.transaction("alerts", [{ kind: "upsert", row }]);
    await tables.transaction("alerts", [{ kind: "upsert", row: { partitionKey: "index", rowKey: "damaged" } }]);
    const { status, json } = await functions.http("listAlerts", { query: { limit: "1000" } });
    expect(status).toBe(200);
    expect(json.alerts.length).toBeGreaterThan(0);
    const named = /^the row "alert:1-rule" of partition "damaged" in table alerts cannot be read: /;
    expect(json.unreadable).toEqual([expect.stringMatching(named)]);
  });

  it("shows fifty entries by default, and has no next cursor at the end", async () => {
    const { json } = await functions.http("listRuns", {});
    expect(json.runs).toHaveLength(7);
    expect(json.next).toBeUndefined();
  });

  it.each([
    ["a cursor of another list", "listRuns", { cursor: Buffer.from("datasets 2026").toString("base64url") }, "cursor"],
    ["a cursor that is none", "listRuns", { cursor: "x" }, "cursor"],
    ["a limit beyond 1000", "listDatasets", { limit: "1001" }, "limit"],
    ["a cursor of versions without their model", "listModels", { cursor: "bW9kZWxzIDE" }, "model"],
  ])("refuses %s", async (_what, name, query, path) => {
    const { status, json } = await functions.http(name, { query: query as Record<string, string> });
    expect([status, json.details?.[0].path]).toEqual([400, path]);
  });
});

describe("an alias that is moved by hand", () => {
  const params = { model: usecase, alias: "champion" };
  const move = { version: 4, reason: "the roll-back of Monday", actor: "Ann" };
  const pins = async () => (await functions.http("listModels", { query: { model: usecase } })).json.models[0].pins;

  it("is pinned by default, and the list shows by whom, since when, why and until when", async () => {
    const { status, json } = await functions.http("moveAlias", { params, body: move });
    expect([status, json.aliases]).toEqual([200, { champion: 4 }]);
    expect(json.pins).toEqual({ champion: { by: "Ann", since: expect.any(String), reason: move.reason } });
    expect(await pins()).toEqual(json.pins);
    const until = "2999-12-31T18:00:00+01:00";
    await functions.http("moveAlias", { params, body: { ...move, until } });
    expect(await pins()).toMatchObject({ champion: { until } });
    await functions.http("moveAlias", { params, body: { ...move, pin: false } });
    expect(await pins()).toEqual({});
  });

  it.each([
    ["tomorrow", "until"],
    ["2020-01-01T00:00:00Z", "until"],
  ])("refuses an end that is not in the future: %s", async (until, path) => {
    const { status, json } = await functions.http("moveAlias", { params, body: { ...move, until } });
    expect([status, json.details[0].path]).toEqual([400, path]);
  });

  it("refuses an end without a pin", async () => {
    const body = { ...move, pin: false, until: "2999-12-31T18:00:00Z" };
    expect(await functions.http("moveAlias", { params, body })).toMatchObject({ status: 400 });
  });
});

describe("a dataset version that is withdrawn and restored over HTTP", () => {
  const params = { usecase, version: "2" };
  const person = { reason: "the thermometer was broken", actor: "Ann" };

  it("says which versions learned from it, and what happens next", async () => {
    const { status, json } = await functions.http("withdrawDataset", { params, body: person });
    expect([status, json]).toEqual([
      200,
      {
        dataset: expect.objectContaining({
          version: 2,
          withdrawn: { at: expect.any(String), by: "Ann", reason: person.reason },
        }),
        learntFromIt: [],
        championLearntFromIt: false,
        hint: expect.stringContaining("POST /runs"),
      },
    ]);
    const listed = async () =>
      (await functions.http("listDatasets", { query: { usecase } })).json.datasets.find(
        ({ version }: Reply) => version === 2,
      );
    expect(await listed()).toEqual(json.dataset);
    expect((await functions.http("withdrawDataset", { params, body: person })).status).toBe(409);
    expect((await functions.http("restoreDataset", { params, body: person })).status).toBe(200);
    expect((await listed()).withdrawn).toBeUndefined();
  });

  it.each([
    [{ usecase, version: "99" }, person, 404],
    [{ usecase: "nothing", version: "1" }, person, 404],
    [{ usecase, version: "latest" }, person, 400],
    [params, { reason: "no name" }, 400],
  ])("refuses %j %j", async (where, body, expected) => {
    expect((await functions.http("withdrawDataset", { params: where, body })).status).toBe(expected);
  });
});

describe("the monitors of a model", () => {
  it("say whether its champion is watched, or why not", async () => {
    const { json } = await functions.http("getMonitors", { params: { model: "weather" } });
    expect(json).toMatchObject({ champion: { watched: false, reason: "there is no champion to watch" }, results: [] });
  });
});

describe("an unknown name", () => {
  it.each([
    ["listRuns", { query: { usecase: "nothing" } }],
    ["listDatasets", { query: { usecase: "nothing" } }],
    ["listModels", { query: { model: "nothing" } }],
    ["getMonitors", { params: { model: "nothing" } }],
    ["getAudit", { params: { model: "nothing" } }],
  ])("is not found, and the known names are listed: %s", async (name, request) => {
    const { status, json } = await functions.http(name, request);
    expect([status, json.code]).toEqual([404, "not_found"]);
    expect(json.error).toContain(usecase);
  });

  it("is different from a known one whose list is empty", async () => {
    for (const query of [{ usecase: "weather" }, { usecase: "unknown-usecase" }])
      expect(await functions.http("listDatasets", { query })).toMatchObject({ status: 200, json: { datasets: [] } });
    expect(await functions.http("getMonitors", { params: { model: "weather" } })).toMatchObject({ status: 200 });
  });
});

describe("a query parameter that an endpoint does not know", () => {
  it("is refused by every endpoint", async () => {
    const params = { model: usecase, version: "1", alias: "champion", id: "x", usecase };
    const names = [...functions.triggers].filter(([, { type }]) => type === "httpTrigger").map(([name]) => name);
    expect(names.length).toBeGreaterThan(12);
    for (const name of names) {
      const { status, json } = await functions.http(name, { params, query: { colour: "red" }, body: {} });
      expect([name, status, json.code]).toEqual([name, 400, "invalid_input"]);
      expect(json.error).toContain("colour");
    }
  });

  it("is not the function key", async () => {
    expect(await functions.http("listRuns", { query: { code: "a-key" } })).toMatchObject({ status: 200 });
  });
});
