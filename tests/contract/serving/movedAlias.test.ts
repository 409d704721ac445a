import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type App, createApp } from "../../../shared/app";
import { readConfig } from "../../../shared/config";
import { GraphBuilder } from "../../../shared/onnx/graph";
import { readSignature } from "../../../shared/onnx/signature";
import { createOnnxRuntime } from "../../../shared/onnxruntime/runtime";
import { scorePlain } from "../../support/plainRequest";
import { RecordedTelemetry } from "../../support/recordedTelemetry";
import { type Storage, startStorage } from "../../support/storage";

const model = "scale";
const aliasMaxAgeMs = 500;

let storage: Storage;
let here: App;
let elsewhere: App;
const telemetry = new RecordedTelemetry();

/** An instance of the app, as another machine would run it on the same storage. */
function startInstance(): App {
  const env = { AzureWebJobsStorage: storage.connectionString, TIDEGATE_ALIAS_MAX_AGE_MS: String(aliasMaxAgeMs) };
  return createApp(readConfig(env, process.cwd()), telemetry);
}

/** A regression of one number: `factor` times it. */
function times(factor: number): Uint8Array {
  const graph = new GraphBuilder("times");
  const input = graph.input("x", "float", 1);
  graph.output("value", "float", 1);
  graph.node("Mul", [input, graph.constant(Float32Array.of(factor), [1])], {}, "value");
  return graph.toBytes({});
}

async function register(factor: number): Promise<void> {
  const bytes = times(factor);
  const signature = readSignature(await createOnnxRuntime().load(bytes));
  await here.registry.register({
    model,
    bytes,
    details: {
      signature,
      gate: { decision: "promoted", reasons: [] },
      lineage: { source: "training", codeRevision: "test" },
    },
    operation: `register-${factor}`,
    actor: "test",
  });
}

const move = (version: number) =>
  here.registry.moveAlias({
    model,
    alias: "champion",
    version,
    operation: randomUUID(),
    actor: "Ada",
    reason: "a test",
  });

const ask = (app: App) => scorePlain(app, { model, body: '{"data":[[1]]}' });

async function answer(app: App): Promise<number> {
  const { status, body } = await ask(app);
  expect(status).toBe(200);
  return JSON.parse(body).predictions[0].value;
}

async function untilPassed(startedAtMs: number, ms: number): Promise<void> {
  while (performance.now() - startedAtMs <= ms) await new Promise((resolve) => setTimeout(resolve, 20));
}

beforeAll(async () => {
  storage = await startStorage();
  here = startInstance();
  elsewhere = startInstance();
  for (const factor of [1, 2, 3]) await register(factor);
  await move(1);
  expect([await answer(here), await answer(elsewhere)]).toEqual([1, 1]);
});
afterAll(async () => {
  await Promise.all([here?.close(), elsewhere?.close()]);
  await storage?.stop();
});

describe("a moved alias", () => {
  it("takes effect at once in the process that moved it, and elsewhere once the alias has reached its maximum age", async () => {
    for (const version of [2, 1, 3]) {
      await move(version);
      const movedAtMs = performance.now();
      expect(await answer(here)).toBe(version);
      await untilPassed(movedAtMs, aliasMaxAgeMs); // nobody asks there meanwhile
      expect(await answer(elsewhere)).toBe(version);
    }
  });

  it("is followed within that time under load, and no request is lost", async () => {
    await move(1);
    await untilPassed(performance.now(), aliasMaxAgeMs);
    await answer(elsewhere);
    const moved = move(2);
    let dueAtMs = Number.POSITIVE_INFINITY;
    const due = moved.then(() => {
      dueAtMs = performance.now() + aliasMaxAgeMs;
    });
    const answers: { version: number; isDue: boolean }[] = [];
    while (answers.at(-1)?.isDue !== true) {
      const isDue = performance.now() > dueAtMs;
      const versions = await Promise.all(Array.from({ length: 8 }, () => answer(elsewhere)));
      answers.push(...versions.map((version) => ({ version, isDue })));
    }
    await due;
    expect(new Set(answers.map(({ version }) => version))).toEqual(new Set([1, 2]));
    for (const { version } of answers.filter(({ isDue }) => isDue)) expect(version).toBe(2);
  });

  it("that is paused answers 503 with the reason, here at once and elsewhere in time, until it is resumed", async () => {
    const change = { model, alias: "champion", actor: "Ada", reason: "answers are wrong" } as const;
    expect(await here.registry.setPause({ ...change, pause: true, operation: randomUUID() })).toBe(true);
    const pausedAtMs = performance.now();
    const refused = { status: 503, body: expect.stringContaining("paused by Ada: answers are wrong") };
    expect(await ask(here)).toMatchObject(refused);
    await untilPassed(pausedAtMs, aliasMaxAgeMs);
    expect(await ask(elsewhere)).toMatchObject(refused);
    expect(await here.registry.setPause({ ...change, pause: true, operation: randomUUID() })).toBe(false);
    await here.registry.setPause({ ...change, pause: false, operation: randomUUID() });
    expect((await ask(here)).status).toBe(200);
    await untilPassed(performance.now(), aliasMaxAgeMs);
    await elsewhere.loader.aliasMoved(model);
    expect((await ask(elsewhere)).status).toBe(200);
    await here.registry.setPause({ ...change, pause: true, operation: randomUUID() });
    await move(3);
    expect((await ask(here)).status).toBe(200);
  });

  it("leaves the last version answering during an outage, as the reply and telemetry say", async () => {
    const before = await answer(elsewhere);
    await storage.stop();
    await untilPassed(performance.now(), aliasMaxAgeMs);
    const { status, body, headers } = await ask(elsewhere);
    expect({ status, value: JSON.parse(body).predictions[0].value }).toEqual({ status: 200, value: before });
    expect(headers["x-tidegate-alias-age"]).toMatch(/^\d+$/);
    const names = telemetry.metrics.map(({ name }) => name);
    expect(names).toContain("scoring.byOldAlias");
    expect(names).toContain("alias.readFailures");
  });
});
