import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { reconcile } from "../../../shared/governance/reconcile";
import { runDriftMonitors } from "../../../shared/governance/runDriftMonitors";
import { finishTraining } from "../../../shared/training/finishTraining";
import { planTraining } from "../../../shared/training/planTraining";
import { trainingQueues } from "../../../shared/training/runRecord";
import { startRun } from "../../../shared/training/startRun";
import { startScheduledRuns } from "../../../shared/training/startScheduledRuns";
import { trainCandidate } from "../../../shared/training/trainCandidate";
import { Loop, shippedSpec } from "../../support/loop";

const usecase = "coffee-grade";
const lines = readFileSync(`models/${usecase}/sample.csv`, "utf8").trim().split("\n");
const rowsFrom = (from: number, to: number) => Buffer.from([lines[0], ...lines.slice(from, to)].join("\n"));

type Step = Parameters<typeof trainCandidate>[1];

let loop: Loop;
afterEach(() => loop?.stop());

/** One small trial, so that a run takes a second. */
const spec = (policies: object = {}) => ({
  ...shippedSpec(usecase),
  candidates: [{ learner: "logistic-regression", grid: { l2: [1] } }],
  policies: { onNewData: "train", onDrift: "retrain", ...policies },
  monitors: { drift: { windowHours: 2, minRows: 100 } },
});
const startLoop = (policies?: object) => Loop.start(spec(policies));
const drop = (file: string, rows: Buffer) => loop.drop(usecase, rows, file);
const runs = () => loop.app.training.runs.list(usecase);
const lastRun = async () => (await runs()).at(-1);
const request = async (cause: string, force = false) => {
  loop.passHours(0.01);
  await startRun(loop.app.training, { usecase, trigger: "request", cause, force });
  await loop.drain();
  return lastRun();
};

async function withChampion(policies?: object): Promise<void> {
  loop = await startLoop(policies);
  await drop("first.csv", rowsFrom(1, 1000));
  await loop.drain();
  expect(await lastRun()).toMatchObject({ status: "succeeded", version: 1, promoted: true });
}

describe("a run without news", () => {
  it("ends unchanged, and when forced gives the same version byte for byte", async () => {
    await withChampion();
    expect(await request("again")).toMatchObject({
      status: "unchanged",
      message: expect.stringContaining("0 labelled rows are new"),
    });
    expect(await request("forced", true)).toMatchObject({
      status: "unchanged",
      message: expect.stringContaining("version 1 again, byte for byte"),
    });
    expect(await loop.app.registry.versions(usecase)).toHaveLength(1);
  });

  it("waits for as many new rows as the policy asks for, over several files", async () => {
    await withChampion({ minNewLabelledRows: 100 });
    await drop("second.csv", rowsFrom(1000, 1060));
    await loop.drain();
    expect(await lastRun()).toMatchObject({
      status: "unchanged",
      message: expect.stringContaining("60 labelled rows are new"),
    });
    loop.passHours(1);
    await drop("third.csv", rowsFrom(1060, 1110));
    await loop.drain();
    expect(await lastRun()).toMatchObject({ status: "succeeded", version: 2, labelledRows: 1109 });
  });

  it("trains again when the spec has changed", async () => {
    await withChampion();
    loop.deploy({ ...spec(), seed: 7 });
    expect(await request("new-spec")).toMatchObject({ status: "succeeded", version: 2 });
  });
});

describe("the schedule", () => {
  it("waits for the first dataset", async () => {
    loop = await startLoop({ retrainEveryHours: 24, onNewData: "none" });
    expect(await startScheduledRuns(loop.app.training)).toEqual([]);
    await drop("first.csv", rowsFrom(1, 1000));
    expect(await startScheduledRuns(loop.app.training)).toHaveLength(1);
  });

  it("starts one run when the last one is old enough, however often the timer fires", async () => {
    await withChampion({ retrainEveryHours: 24 });
    loop.passHours(23);
    expect(await startScheduledRuns(loop.app.training)).toEqual([]);
    loop.passHours(1.1);
    expect(await startScheduledRuns(loop.app.training)).toHaveLength(1);
    expect(await startScheduledRuns(loop.app.training)).toEqual([]);
    await loop.drain();
    expect((await runs()).map(({ trigger }) => trigger)).toEqual(["new data", "schedule"]);
  });
});

describe("drift", () => {
  const example = JSON.parse(readFileSync(`models/${usecase}/usecase.json`, "utf8")).example;
  const names = lines[0].split(",");
  const usual = lines.slice(1, 1000).map((line) => {
    const cells = line.split(",");
    const cell = (name: string) => cells[names.indexOf(name)] || null;
    const value = (name: string) => (cell(name) === null || name === "Process" ? cell(name) : Number(cell(name)));
    return Object.fromEntries(Object.keys(example).map((name) => [name, value(name)]));
  });
  const shifted = usual.map((row) => ({ ...row, Altitude_m: Number(row.Altitude_m ?? 1300) + 800 }));
  const check = () => runDriftMonitors(loop.app.drift);
  const alert = async () => (await loop.app.alerts.list(usecase, 1))[0];

  it("raises one alert and one run while it lasts, closes when traffic is usual again, and keeps the pause", async () => {
    await withChampion({ cooldownHours: 6 });
    await loop.score(usecase, shifted);
    expect(await check()).toEqual([expect.stringContaining("drift over 999 rows")]);
    const started = `${usecase}.drift-`;
    expect(await alert()).toMatchObject({ status: "open", occurrences: 1, runId: expect.stringContaining(started) });
    loop.passHours(1);
    await check();
    expect(await alert()).toMatchObject({ status: "open", occurrences: 2 });
    expect((await runs()).filter(({ trigger }) => trigger === "drift")).toHaveLength(1);
    await loop.drain();
    expect(await lastRun()).toMatchObject({ trigger: "drift", status: "unchanged" });

    loop.passHours(2);
    await loop.score(usecase, usual);
    expect(await check()).toEqual([expect.stringContaining("ok over 999 rows")]);
    expect(await alert()).toMatchObject({ status: "resolved" });

    loop.passHours(2);
    await loop.score(usecase, shifted);
    await check();
    expect(await alert()).toMatchObject({ status: "open", action: expect.stringContaining("less than 6 h ago") });
    expect((await runs()).filter(({ trigger }) => trigger === "drift")).toHaveLength(1);
    loop.passHours(1.5);
    await check();
    expect((await runs()).filter(({ trigger }) => trigger === "drift")).toHaveLength(2);
  });
});

describe("what was missed", () => {
  it("is repaired: a file that no trigger saw, a plan message and a candidate message that were lost", async () => {
    loop = await startLoop();
    const inbox = loop.storage.blobs;
    await inbox.write("datasets-inbox", `${usecase}/missed.csv`, rowsFrom(1, 1000));
    expect(await reconcile(loop.app.reconciler)).toEqual([]);
    loop.passHours(0.3);
    expect(await reconcile(loop.app.reconciler)).toEqual([expect.stringContaining("missed.csv: accepted")]);
    await loop.take(trainingQueues.plan, async () => {}); // lost
    loop.passHours(0.3);
    expect(await reconcile(loop.app.reconciler)).toEqual([expect.stringContaining("stood still as queued")]);
    await loop.take(trainingQueues.plan, ({ runId }) => planTraining(loop.app.training, runId));
    await loop.take(trainingQueues.candidate, async () => {}); // lost
    loop.passHours(0.3);
    expect(await reconcile(loop.app.reconciler)).toEqual([expect.stringContaining("stood still as training")]);
    await loop.drain();
    expect(await lastRun()).toMatchObject({ status: "succeeded", version: 1 });
    expect(await reconcile(loop.app.reconciler)).toEqual([]);
  });
});

describe("the last step of a run", () => {
  it("goes on where it was killed: between the registered version and the alias", async () => {
    loop = await startLoop();
    await drop("first.csv", rowsFrom(1, 1000));
    const { registry } = loop.app.training;
    const dying = Object.assign(Object.create(registry), {
      moveAlias: () => Promise.reject(new Error("killed")),
    });
    let deaths = 0;
    const finish = ({ runId }: { runId: string }) => finishTraining({ ...loop.app.training, registry: dying }, runId);
    await loop.take(trainingQueues.plan, ({ runId }) => planTraining(loop.app.training, runId));
    await loop.take(trainingQueues.candidate, (one) => trainCandidate(loop.app.training, one as Step));
    await loop.take(trainingQueues.finish, async (message) => {
      await expect(finish(message)).rejects.toThrow("killed");
      deaths++;
      expect(await registry.alias(usecase, "champion")).toBeUndefined();
      await finishTraining(loop.app.training, message.runId);
      await finishTraining(loop.app.training, message.runId); // delivered twice
    });
    expect(deaths).toBe(1);
    expect(await registry.versions(usecase)).toHaveLength(1);
    expect(await registry.alias(usecase, "champion")).toMatchObject({ version: 1 });
    expect(await lastRun()).toMatchObject({ status: "succeeded", version: 1, promoted: true });
    const finished = loop.telemetry.events.filter(({ attributes }) => attributes.status === "succeeded");
    expect(finished).toHaveLength(1);
  });
});
