import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBlobStore } from "../../shared/azure/blobs";
import { connectStorage } from "../../shared/azure/connection";
import { createTableStore } from "../../shared/azure/tables";
import { MonitorStore } from "../../shared/monitoring/monitorStore";
import { LoadedFunctions } from "./loadedFunctions";

const model = "coffee-grade";
const range = { from: "2026-01-01T00:00:00Z", to: "2026-01-08T00:00:00Z" };

let functions: LoadedFunctions;
beforeAll(async () => {
  functions = await LoadedFunctions.start();
  const connection = { kind: "connectionString" as const, connectionString: String(process.env.AzureWebJobsStorage) };
  const blobs = createBlobStore(connectStorage(connection).blobs);
  const monitors = new MonitorStore(createTableStore(connection), blobs);
  for (const [day, verdict] of [
    ["01", "ok"],
    ["02", "drift"],
    ["03", "drift"],
    ["09", "ok"],
  ] as const)
    await monitors.save({
      ...{ model, version: 1, signal: "relations", at: `2026-01-${day}T09:05:00.000Z`, verdict },
      ...{ windowStart: "2025-12-30T00:00:00.000Z", windowEnd: `2026-01-${day}T09:00:00.000Z`, targetRows: 7 },
      ...{ sentence: "It moved.", findings: [], details: { settings: { minRows: 5 }, facts: {} } },
    });
});
afterAll(() => functions?.stop());

const report = (query: Record<string, string>, name = model) =>
  functions.http("monitoringReport", { params: { model: name }, query });

describe("the monitoring report of a model", () => {
  it("is JSON, with what was found in the range and no later", async () => {
    const { status, json } = await report(range);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      model,
      signals: [
        {
          ...{ signal: "relations", verdict: "drift", since: "2026-01-02T09:05:00.000Z" },
          ...{ counts: { ok: 1, drift: 2 }, settings: { minRows: 5 } },
        },
      ],
    });
  });

  it("is a page for who asks for one", async () => {
    const query = { ...range, format: "html" };
    const { status, bytes } = await functions.bytes("monitoringReport", { params: { model }, query });
    expect(status).toBe(200);
    const body = bytes.toString("utf8");
    expect(body).toMatch(/^<!doctype html>/);
    expect(body).toContain("No version serves as champion, so nothing is watched.");
    expect(body).toContain("It moved.");
  });

  it("refuses a range that is empty, too long or no range, and a model that nobody knows", async () => {
    const refused: Record<string, string>[] = [
      { from: range.to, to: range.from },
      { from: "2025-01-01T00:00:00Z", to: range.to },
      { from: "yesterday" },
    ];
    for (const query of refused) expect((await report(query)).status).toBe(400);
    expect((await report(range, "nothing")).status).toBe(404);
  });
});
