import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LoadedFunctions } from "./loadedFunctions";

let functions: LoadedFunctions;
beforeAll(async () => {
  functions = await LoadedFunctions.start();
  await functions.http("listModels", {});
  await functions.stopStorage();
});
afterAll(() => functions?.stop());

const params = { model: "coffee-grade", version: "1", alias: "champion", id: "coffee-grade.data-v1" };
const byHand = { reason: "a test", actor: "Ada" };

describe("while storage is away", () => {
  it.each([
    ["score", { params, body: { rows: [{}] } }],
    ["score", { body: { rows: [{}] } }],
    ["explain", { params, body: { rows: [{}] } }],
    ["explainVersion", { params }],
    ["modelCard", { params }],
    ["listModels", {}],
    ["getModelVersion", { params }],
    ["moveAlias", { params, body: { version: 1, ...byHand } }],
    ["listDatasets", {}],
    ["listRuns", {}],
    ["listInbox", {}],
    ["getRun", { params }],
    ["cancelRun", { params, body: byHand }],
    ["startRun", { body: { usecase: "coffee-grade" } }],
    ["getMonitors", { params }],
    ["listAlerts", {}],
    ["getAudit", { params }],
  ])("%s %j is asked to retry, as it is not at fault", async (name, request) => {
    const answer = await functions.http(name, request);
    expect(answer).toMatchObject({ status: 503, json: { code: "unavailable" } });
    expect(answer.json.error).toContain("storage does not answer");
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
  });

  it("the process is alive, and not ready", async () => {
    expect(await functions.http("health", {})).toMatchObject({ status: 200, json: { status: "ok" } });
    const { status, json, headers } = await functions.http("readiness", {});
    expect({ status, json }).toMatchObject({ status: 503, json: { status: "not ready" } });
    expect(json.reasons[0]).toMatch(/storage does not answer/);
    expect(headers["retry-after"]).toBe("2");
  });

  it("work from a queue or an inbox fails, so that it is retried", async () => {
    const bytes = readFileSync("models/coffee-grade/sample.csv");
    const lot = { BlobTrigger: "datasets-inbox/coffee-grade/lots.csv" };
    await expect(functions.run("registerDataset", { bytes }, lot)).rejects.toThrow("storage does not answer");
    await expect(functions.run("planTraining", { string: '{"runId":"coffee-grade.data-v1"}' })).rejects.toThrow(
      "storage does not answer",
    );
  });
});
