import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type App, createApp } from "../../../shared/app";
import { readConfig } from "../../../shared/config";
import { GraphBuilder } from "../../../shared/onnx/graph";
import { readSignature } from "../../../shared/onnx/signature";
import { createOnnxRuntime } from "../../../shared/onnxruntime/runtime";
import { registerUpload } from "../../../shared/uploads/registerUpload";
import { hungryGraph, loopingBetween } from "../../support/hostileGraphs";
import { scorePlain } from "../../support/plainRequest";
import { RecordedTelemetry } from "../../support/recordedTelemetry";
import { type Storage, startStorage } from "../../support/storage";

let storage: Storage;
let app: App;
const telemetry = new RecordedTelemetry();

/** Loops on a row that no trial thinks of. */
const sneaky = loopingBetween(104.3, 104.4);
const endlessRow = 104.35;

const ask = (model: string, x: number, pin?: string) =>
  scorePlain(app, { model, pin, body: JSON.stringify({ data: [[x, 1]] }) });

/** Registers a graph as a run does, without a trial. */
async function train(model: string, bytes: Uint8Array): Promise<void> {
  const signature = readSignature(await createOnnxRuntime().load(bytes));
  const gate = { decision: "promoted" as const, reasons: [] };
  const details = { signature, gate, lineage: { source: "training" as const, codeRevision: "test" } };
  await app.registry.register({ model, bytes, details, operation: `train-${model}`, actor: "test" });
  await app.registry.moveAlias({
    model,
    alias: "champion",
    version: 1,
    operation: `promote-${model}`,
    actor: "test",
    reason: "a test",
  });
}

function first(): Uint8Array {
  const graph = new GraphBuilder("first");
  const input = graph.input("x", "float", 2);
  graph.output("y", "float", 1);
  graph.node("Gather", [input, graph.constant(BigInt64Array.of(0n), [1])], { axis: { int: 1 } }, "y");
  return graph.toBytes({});
}

/** Asks another model again and again until `work` is done; every answer must be right. */
async function whileOthersAnswer<T>(work: Promise<T>): Promise<T> {
  let isDone = false;
  const end = () => {
    isDone = true;
  };
  work.then(end, end);
  let asked = 0;
  for (; !isDone; asked++) {
    const { status, body } = await ask("honest", asked);
    expect({ status, value: JSON.parse(body).predictions[0].value }).toEqual({ status: 200, value: asked });
  }
  expect(asked).toBeGreaterThan(0);
  return work;
}

function startApp(timeoutMs: number): App {
  const env = { AzureWebJobsStorage: storage.connectionString, TIDEGATE_SCORING_TIMEOUT_MS: String(timeoutMs) };
  return createApp(readConfig(env, process.cwd()), telemetry);
}

beforeAll(async () => {
  storage = await startStorage();
  app = startApp(500);
  await train("honest", first());
});
afterAll(async () => {
  await app?.close();
  await storage?.stop();
});

describe("a model trained elsewhere that never ends on some rows", () => {
  it("is refused if the trial finds such a row", async () => {
    const outcome = await registerUpload(app, {
      model: "endless",
      file: "endless.onnx",
      bytes: loopingBetween(100, 1e30),
    });
    expect(outcome).toMatchObject({ status: "rejected", reason: expect.stringContaining("did not answer within") });
  });

  it("stops no other model while it runs such a row, whoever promoted it", async () => {
    const bytes = sneaky;
    const outcome = await registerUpload(app, { model: "sneaky", file: "sneaky.onnx", bytes });
    expect(outcome).toMatchObject({ status: "registered", version: 1 });
    const byHand = { model: "sneaky", version: 1, actor: "Ada", reason: "a test" };
    await app.registry.moveAlias({ ...byHand, alias: "champion", operation: "by-hand" });
    expect(await ask("sneaky", 7)).toMatchObject({ status: 200 });
    const { status, body } = await whileOthersAnswer(ask("sneaky", endlessRow));
    expect(status).toBe(504);
    expect(JSON.parse(body)).toMatchObject({ code: "timeout", error: "the model did not answer within 0.5 s" });
    expect(await ask("sneaky", 8, "1")).toMatchObject({ status: 200 });
  });

  it("is paused after the third time, as the caller, an alert, telemetry and readiness are told", async () => {
    for (let i = 0; i < 2; i++) expect((await ask("sneaky", endlessRow)).status).toBe(504);
    const { status, body, headers } = await ask("sneaky", 7);
    expect(status).toBe(503);
    expect(JSON.parse(body).error).toContain("version 1 of sneaky is paused");
    expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    expect(await app.readiness.report()).toMatchObject({ status: "ready", pausedVersions: 1 });
    await expect
      .poll(async () => (await app.alerts.list("sneaky", 10)).map(({ rule }) => rule))
      .toContain("version-paused");
    expect(telemetry.events).toContainEqual({
      name: "version.paused",
      attributes: { model: "sneaky", version: 1, reason: "the model did not answer within 0.5 s" },
      measurements: { seconds: 60, stops: 3 },
    });
    expect((await ask("honest", 1)).status).toBe(200);
  });
});

describe("a model trained here that does not finish", () => {
  it("is abandoned by the thread that models share, and has a process of its own from then on", async () => {
    await train("slow", sneaky);
    expect(await ask("slow", 7)).toMatchObject({ status: 200 });
    expect((await whileOthersAnswer(ask("slow", endlessRow))).status).toBe(504);
    expect(await ask("slow", 8)).toMatchObject({ status: 200 });
    expect((await whileOthersAnswer(ask("slow", endlessRow))).status).toBe(504);
    expect(await ask("slow", 9)).toMatchObject({ status: 200 });
  });
});

describe("a model trained elsewhere that takes too much memory", () => {
  it.runIf(process.platform === "linux")("is refused for it", async () => {
    const bytes = hungryGraph();
    const patient = startApp(3_000);
    const outcome = await whileOthersAnswer(registerUpload(patient, { model: "hungry", file: "h.onnx", bytes }));
    expect(outcome).toEqual({ status: "rejected", reason: expect.stringContaining("more than 1024 MB of memory") });
    await patient.close();
  });
});
