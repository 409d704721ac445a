import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IngestionStub } from "../support/ingestionStub";
import { RunningTidegate } from "../support/runningTidegate";

const usecase = "coffee-grade";
const secret = "Zanzibar-7391";
let stub: IngestionStub;
let tidegate: RunningTidegate;

/** The app as it runs everywhere, with its telemetry sent to a stub of Application Insights. */
beforeAll(async () => {
  stub = await new IngestionStub().start();
  tidegate = await RunningTidegate.start(["--no-demo"], {
    env: { TIDEGATE_INGESTION_URL: stub.url, APPLICATION_INSIGHTS_NO_STATSBEAT: "1" },
  });
});
afterAll(async () => {
  await tidegate?.stop();
  stub?.stop();
});

const event = (name: string) => stub.of("EventData").find(({ data }) => data.baseData.name === name);

describe.sequential("telemetry on the wire", () => {
  it("reports a dataset, a run, a version and a moved alias as custom events", async () => {
    await tidegate.drop("datasets-inbox", `${usecase}/sample.csv`, readFileSync(`models/${usecase}/sample.csv`));
    await tidegate.until(`/runs/${usecase}.data-v1`, (run) => run.finishedAt && run);
    await expect.poll(() => event("run.finished"), { timeout: 30_000 }).toBeDefined();
    expect(event("dataset.registered").data.baseData).toMatchObject({
      properties: { usecase, version: "1" },
      measurements: { rowCount: expect.any(Number) },
    });
    expect(event("run.finished").data.baseData.properties).toMatchObject({
      usecase,
      status: "succeeded",
      trigger: "new data",
    });
    expect(event("version.registered").data.baseData.properties).toMatchObject({
      model: usecase,
      version: "1",
      source: "training",
    });
    expect(event("alias.moved").data.baseData.properties).toMatchObject({ model: usecase, alias: "champion" });
  });

  it("correlates an event and the storage calls of an invocation with its request", async () => {
    const registered = event("dataset.registered");
    const operation = registered.tags["ai.operation.id"];
    await expect
      .poll(() => stub.of("RequestData").find(({ tags }) => tags["ai.operation.id"] === operation), { timeout: 30_000 })
      .toBeDefined();
    const request = stub.of("RequestData").find(({ tags }) => tags["ai.operation.id"] === operation);
    expect(request.data.baseData).toMatchObject({ name: "registerDataset", success: true });
    const calls = stub.of("RemoteDependencyData").filter(({ tags }) => tags["ai.operation.id"] === operation);
    expect(calls.length).toBeGreaterThan(3);
    expect(registered.tags["ai.operation.parentId"]).toBe(request.data.baseData.id);
  });

  it("records scoring requests with their status, and latency as a metric", async () => {
    const rows = [{ unknown: secret }];
    expect((await tidegate.call("POST", `/score/${usecase}?code=${tidegate.info.functionKey}`, { rows })).status).toBe(
      400,
    );
    await tidegate.call("POST", "/admin/functions/drift", {});
    await expect
      .poll(() => stub.of("RequestData").find(({ data }) => data.baseData.name === "POST /score/{model?}"), {
        timeout: 30_000,
      })
      .toBeDefined();
    const score = stub.of("RequestData").find(({ data }) => data.baseData.name === "POST /score/{model?}");
    expect(score.data.baseData).toMatchObject({ responseCode: "400" });
    const metric = (name: string) => stub.of("MetricData").find(({ data }) => data.baseData.metrics[0].name === name);
    await expect.poll(() => metric("scoring.latencyMs"), { timeout: 30_000 }).toBeDefined();
    expect(metric("scoring.latencyMs").data.baseData.properties).toMatchObject({ model: usecase, status: "400" });
  });

  it("reports a rejected dataset and the alert that it raised, without any of its cells", async () => {
    const [header] = readFileSync(`models/${usecase}/sample.csv`, "utf8").split("\n");
    const cells = header.split(",").map(() => secret);
    await tidegate.drop("datasets-inbox", `${usecase}/bad.csv`, `${header}\n${cells.join(",")}\n`);
    await expect.poll(() => event("alert.raised"), { timeout: 30_000 }).toBeDefined();
    expect(event("dataset.rejected").data.baseData.properties).toMatchObject({ usecase });
    expect(event("alert.raised").data.baseData.properties).toMatchObject({
      subject: usecase,
      rule: "dataset-rejected",
    });
  });

  it("never leaks a row's data or a key", async () => {
    await tidegate.stop();
    expect(stub.raw.length).toBeGreaterThan(10_000);
    expect(stub.raw).not.toContain(secret);
    expect(stub.raw).not.toContain(tidegate.info.functionKey);
    expect(stub.raw).not.toContain(tidegate.info.masterKey);
  });
});
