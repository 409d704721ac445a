import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { readAuditTrail } from "../../../shared/ledger/auditTrail";
import { handlePoison } from "../../../shared/loop/handlePoison";
import { reconcile } from "../../../shared/loop/reconcile";
import { runMonitors } from "../../../shared/loop/runMonitors";
import { watchState } from "../../../shared/loop/watchState";
import { signals } from "../../../shared/monitoring/signals/registry";
import { auditedTables } from "../../../shared/storageNames";
import { cancelRun } from "../../../shared/training/cancelRun";
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
const spec = (policies: object = {}, drift: object = { windowHours: 2, maxWindowHours: 2 }) => ({
  ...shippedSpec(usecase),
  candidates: [{ learner: "logistic-regression", grid: { l2: [1] } }],
  policies: { onNewData: "train", onDrift: "retrain", ...policies },
  monitors: { drift },
});
const startLoop = (policies?: object, drift?: object) => Loop.start(spec(policies, drift));
const drop = (file: string, rows: Buffer) => loop.drop(usecase, rows, file);
const runs = () => loop.app.runs.list(usecase);
const lastRun = async () => (await runs()).at(-1);
const request = async (cause: string, force = false) => {
  loop.passHours(0.01);
  await startRun(loop.app, { usecase, trigger: "request", cause, force });
  await loop.drain();
  return lastRun();
};

async function withChampion(policies?: object, drift?: object): Promise<void> {
  loop = await startLoop(policies, drift);
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
      version: 1,
      promoted: false, // the run before it moved the alias
      message: expect.stringContaining("version 1 again, byte for byte"),
    });
    expect(await loop.app.registry.versions(usecase)).toHaveLength(1);
  });

  it("is one whose file only repeats known rows, even without a time column: the notes say so, and nothing is trained", async () => {
    await withChampion();
    await drop("tiny.csv", rowsFrom(1, 4));
    await loop.drain();
    await drop("cumulative.csv", rowsFrom(1, 1001));
    expect((await loop.app.datasets.versions(usecase)).map(({ notes }) => notes)).toEqual([
      [],
      ["3 of 3 rows repeat known rows with the same values"],
      ["999 of 1000 rows repeat known rows with the same values"],
    ]);
    expect(await runs()).toMatchObject([
      { status: "succeeded" },
      { id: `${usecase}.data-v2`, status: "unchanged", message: expect.stringContaining("0 labelled rows are new") },
      { id: `${usecase}.data-v3` },
    ]);
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
    expect(await startScheduledRuns(loop.app)).toEqual([]);
    await drop("first.csv", rowsFrom(1, 1000));
    expect(await startScheduledRuns(loop.app)).toHaveLength(1);
  });

  it("starts the runs of other use cases beside one whose runs cannot be read, and an alert says so until they can", async () => {
    await withChampion({ retrainEveryHours: 24 });
    loop.passHours(25);
    const [known] = loop.app.usecases.values();
    const broken = { ...known, spec: { ...known.spec, name: "broken" } };
    const row = { partitionKey: "broken", rowKey: "broken.data-v1" };
    await loop.app.tables.transaction("runs", [{ kind: "upsert", row: { ...row, form: 1, status: "odd" } }]);
    const both = { ...loop.app, usecases: new Map([broken, known].map((one) => [one.spec.name, one])) };
    const failure = expect.stringMatching(
      /^could not start a scheduled run of broken: the row "broken.data-v1" of partition "broken" in table runs cannot be read/,
    );
    expect(await startScheduledRuns(both)).toEqual([expect.stringMatching(`^started ${usecase}.schedule-`), failure]);
    const told = async () => (await loop.app.alerts.list("tidegate", 1))[0];
    expect(await told()).toMatchObject({ rule: "schedule-failed", status: "open", summary: failure });
    await startScheduledRuns(loop.app);
    expect(await told()).toMatchObject({ status: "resolved" });
  });

  it("starts one run when the last one is old enough, however often the timer fires", async () => {
    await withChampion({ retrainEveryHours: 24 });
    loop.passHours(23);
    expect(await startScheduledRuns(loop.app)).toEqual([]);
    loop.passHours(1.1);
    expect(await startScheduledRuns(loop.app)).toHaveLength(1);
    expect(await startScheduledRuns(loop.app)).toEqual([]);
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
  const check = () =>
    runMonitors(
      loop.app,
      signals.filter(([section]) => section === "drift"),
    );
  const alert = async () => (await loop.app.alerts.list(usecase, 1))[0];

  it("raises one alert and one run while it lasts, closes when traffic is normal again, and keeps the cool-down", async () => {
    await withChampion({ cooldownHours: 6 });
    await loop.score(usecase, shifted);
    expect(await check()).toEqual([expect.stringContaining("drift over 999 rows")]);
    const started = `${usecase}.drift-`;
    expect(await alert()).toMatchObject({
      status: "open",
      occurrences: 1,
      actions: [{ runId: expect.stringContaining(started) }],
    });
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
    expect(await alert()).toMatchObject({
      status: "open",
      actions: [{ words: expect.stringContaining("less than 6 h ago") }],
    });
    expect((await runs()).filter(({ trigger }) => trigger === "drift")).toHaveLength(1);
    loop.passHours(1.5);
    await check();
    expect((await runs()).filter(({ trigger }) => trigger === "drift")).toHaveLength(2);
  });

  it("sees a dead sensor, keeps its alert open while it is dead or too few rows come, and closes it when it works again", async () => {
    await withChampion({ onDrift: "none" });
    const dead = usual.map((row) => ({ ...row, Altitude_m: null }));
    await loop.score(usecase, dead);
    expect(await check()).toEqual([expect.stringContaining("drift over 999 rows")]);
    expect(await alert()).toMatchObject({
      status: "open",
      summary: expect.stringMatching(/: Altitude_m \(missing in 100 % of the rows, [\d.]+ % in training\)$/),
      evidence: { features: ["Altitude_m"], values: { Altitude_m: { drifted: ["missing"] } } },
    });
    loop.passHours(12);
    await loop.score(usecase, usual.slice(0, 40));
    expect(await check()).toEqual([expect.stringContaining("insufficient_data over 40 rows: 40 rows were captured")]);
    expect(await alert()).toMatchObject({ status: "open", occurrences: 1 });
    await loop.score(usecase, usual);
    expect(await check()).toEqual([expect.stringContaining("ok over 1039 rows")]);
    expect(await alert()).toMatchObject({ status: "resolved" });
  });

  it("keeps an alert open while what it names has too few values to be judged again", async () => {
    await withChampion({ onDrift: "none" });
    await loop.score(usecase, shifted);
    await check();
    loop.passHours(12);
    await loop.score(
      usecase,
      usual.slice(0, 103).map((row, i) => (i < 4 ? { ...row, Altitude_m: null } : row)),
    );
    expect(await check()).toEqual([expect.stringMatching(/insufficient_data over 103 rows: Altitude_m: \d+ of 103/)]);
    expect(await alert()).toMatchObject({ status: "open" });
  });

  it("reaches back for as many rows as a slow stream needs, and keeps what it judged by", async () => {
    await withChampion({ onDrift: "none" }, {});
    for (let hour = 0; hour < 60; hour++) {
      await loop.score(usecase, usual.slice(2 * hour, 2 * hour + 2));
      loop.passHours(1);
    }
    await check();
    const [result] = await loop.app.monitors.list(usecase, { limit: 1 });
    const hours = (Date.parse(result.windowEnd) - Date.parse(result.windowStart)) / 3_600_000;
    expect(hours).toBe(96);
    expect(result).toMatchObject({ targetRows: 120, details: { dependence: { seriesShare: 0 }, tests: 13 } });
    expect(result.verdict).not.toBe("insufficient_data");
  });

  it("is not looked for where the use case switches it off, and the log says so", async () => {
    loop = await startLoop({}, { enabled: false });
    expect(await check()).toEqual([
      `${usecase}: input-drift: not watched: the use case switches it off (monitors.drift.enabled)`,
    ]);
  });

  it("says of a champion that was uploaded that it is not watched, and why", async () => {
    await withChampion({ onDrift: "none" });
    expect(await watchState(loop.app, usecase, "drift")).toMatchObject({ watched: true, version: { version: 1 } });
    const { registry } = loop.app;
    const { trainingProfile: _none, lineage: _own, ...details } = await registry.version(usecase, 1);
    const { version } = await registry.register({
      model: usecase,
      bytes: Buffer.from("another model"),
      details: { ...details, lineage: { source: "upload", codeRevision: "test" } },
      operation: "upload",
      actor: "blob trigger",
    });
    const move = { alias: "champion", version, actor: "Ada", reason: "a trial", operation: "move" } as const;
    await registry.moveAlias({ model: usecase, ...move });
    expect(await watchState(loop.app, usecase, "drift")).toEqual({
      watched: false,
      version: 2,
      reason: expect.stringMatching(/^version 2 was uploaded, without a profile of its training rows/),
    });
    expect(await check()).toEqual([
      expect.stringContaining("coffee-grade: input-drift: not watched: version 2 was uploaded"),
    ]);
    expect(await loop.app.monitors.list(usecase, { limit: 1 })).toEqual([]);
    expect(await watchState({ ...loop.app, capture: undefined }, usecase, "drift")).toMatchObject({
      reason: "scored rows are not captured (TIDEGATE_CAPTURE is false)",
    });
    expect(await watchState(loop.app, "elsewhere", "drift")).toMatchObject({
      reason: expect.stringContaining('no use case is called "elsewhere"'),
    });
  });
});

describe("what was missed", () => {
  it("is repaired: a file that no trigger saw, a plan message and a candidate message that were lost", async () => {
    loop = await startLoop();
    const inbox = loop.storage.blobs;
    await inbox.write("datasets-inbox", `${usecase}/missed.csv`, rowsFrom(1, 1000));
    expect(await reconcile(loop.app)).toEqual([]);
    loop.passHours(0.3);
    expect(await reconcile(loop.app)).toEqual([expect.stringContaining("missed.csv: accepted")]);
    await loop.take(trainingQueues.plan, async () => {}); // lost
    loop.passHours(0.3);
    expect(await reconcile(loop.app)).toEqual([expect.stringContaining("was stuck as queued")]);
    await loop.take(trainingQueues.plan, ({ runId }) => planTraining(loop.app, runId));
    await loop.take(trainingQueues.candidate, async () => {}); // lost
    loop.passHours(0.3);
    expect(await reconcile(loop.app)).toEqual([expect.stringContaining("was stuck as training")]);
    await loop.drain();
    expect(await lastRun()).toMatchObject({ status: "succeeded", version: 1 });
    expect(await reconcile(loop.app)).toEqual([]);
  });
});

describe("a file in an inbox", () => {
  const rejected = async (name: string) =>
    (await loop.app.datasets.rejected(name)).map(({ file, reasons }) => [file, reasons[0].message]);

  it("is recorded by the timer where no trigger looks", async () => {
    loop = await startLoop();
    const { blobs } = loop.app;
    await blobs.create("datasets-inbox", "lost.csv", "a,b\n1,2\n");
    await blobs.create("datasets-inbox", `${usecase}/below/lost.csv`, "a,b\n1,2\n");
    await blobs.create("models-inbox", `${usecase}/model.pkl`, "no model");
    loop.passHours(0.3);
    expect(await reconcile(loop.app)).toHaveLength(3);
    expect(await reconcile(loop.app)).toEqual([]);
    expect(await rejected("unknown-usecase")).toEqual(
      expect.arrayContaining([
        ["lost.csv", `the file is not in the folder of a use case; drop it into one of: ${usecase}`],
        [`${usecase}/below/lost.csv`, `the file is in a folder below ${usecase}/; drop it into ${usecase}/ itself`],
      ]),
    );
    const trail = await readAuditTrail(loop.app.tables, auditedTables, usecase, { limit: 10 });
    expect(trail).toContainEqual(
      expect.objectContaining({
        action: "version rejected",
        subject: `${usecase}/model.pkl`,
        reason: "the file's name must end in .onnx",
      }),
    );
  });

  it("is rejected once its message is poison", async () => {
    loop = await startLoop();
    const name = `${usecase}/strange.csv`;
    await loop.app.blobs.create("datasets-inbox", name, rowsFrom(1, 20));
    const message = { FunctionId: "registerDataset", ContainerName: "datasets-inbox", BlobName: name };
    await handlePoison(loop.app, "webjobs-blobtrigger", message);
    expect(await rejected(usecase)).toEqual([["strange.csv", expect.stringContaining("could not be processed")]]);
    const rules = (await loop.app.alerts.list(usecase, 10)).map(({ rule }) => rule);
    expect(rules.sort()).toEqual(["dataset-rejected", "poison-webjobs-blobtrigger"]);
  });

  it("keeps a rejection for each name that the same bytes had", async () => {
    loop = await startLoop();
    await drop("empty.csv", Buffer.alloc(0));
    await drop("empty.parquet", Buffer.alloc(0));
    expect((await rejected(usecase)).sort()).toEqual([
      ["empty.csv", "the file is empty"],
      ["empty.parquet", "the file is empty"],
    ]);
  });
});

describe("a run", () => {
  it("stands in the audit trail with its start and its end, and its spec is kept", async () => {
    await withChampion();
    loop.passHours(1);
    await startRun(loop.app, { usecase, trigger: "request", cause: "by-hand" });
    await cancelRun(loop.app, `${usecase}.by-hand`, { actor: "Ann", reason: "a better file comes" });
    const trail = await readAuditTrail(loop.app.tables, auditedTables, usecase, { limit: 100 });
    const runEntries = trail.filter(({ action }) => action.startsWith("run "));
    expect(runEntries.find(({ action }) => action === "run cancelled")).toMatchObject({
      reason: "a better file comes",
    });
    expect(runEntries.map(({ action, actor, subject }) => [action, actor, subject]).sort()).toEqual([
      ["run cancelled", "Ann", `${usecase}.by-hand`],
      ["run started", "new data", `${usecase}.data-v1`],
      ["run started", "request", `${usecase}.by-hand`],
      ["run succeeded", "training", `${usecase}.data-v1`],
    ]);
    const { lineage } = await loop.app.registry.version(usecase, 1);
    const [container, ...blob] = String(lineage.usecaseSpec).split("/");
    const kept = await loop.app.blobs.read(container, blob.join("/"));
    expect(JSON.parse(Buffer.from(kept ?? []).toString())).toMatchObject({ name: usecase, seed: 1887 });
  });

  it("that fails raises an alert, which the next one that succeeds resolves", async () => {
    loop = await startLoop();
    await drop("few.csv", rowsFrom(1, 12));
    await loop.drain();
    expect(await lastRun()).toMatchObject({ status: "failed" });
    const alert = async () => (await loop.app.alerts.list(usecase, 10)).find(({ rule }) => rule === "run-failed");
    expect(await alert()).toMatchObject({ status: "open", evidence: { runId: `${usecase}.data-v1` } });
    loop.passHours(1);
    await drop("more.csv", rowsFrom(12, 1000));
    await loop.drain();
    expect(await lastRun()).toMatchObject({ status: "succeeded" });
    expect(await alert()).toMatchObject({ status: "resolved" });
  });
});

describe("the last step of a run", () => {
  it("goes on where it was killed: between the registered version and the alias", async () => {
    loop = await startLoop();
    await drop("first.csv", rowsFrom(1, 1000));
    const { registry } = loop.app;
    const dying = Object.assign(Object.create(registry), {
      moveAlias: () => Promise.reject(new Error("killed")),
    });
    let deaths = 0;
    const finish = ({ runId }: { runId: string }) => finishTraining({ ...loop.app, registry: dying }, runId);
    await loop.take(trainingQueues.plan, ({ runId }) => planTraining(loop.app, runId));
    await loop.take(trainingQueues.candidate, (one) => trainCandidate(loop.app, one as Step));
    await loop.take(trainingQueues.finish, async (message) => {
      await expect(finish(message)).rejects.toThrow("killed");
      deaths++;
      expect(await registry.alias(usecase, "champion")).toBeUndefined();
      await finishTraining(loop.app, message.runId);
      await finishTraining(loop.app, message.runId); // delivered twice
    });
    expect(deaths).toBe(1);
    expect(await registry.versions(usecase)).toHaveLength(1);
    expect(await registry.alias(usecase, "champion")).toMatchObject({ version: 1 });
    expect(await lastRun()).toMatchObject({ status: "succeeded", version: 1, promoted: true });
    const finished = loop.telemetry.events.filter(({ attributes }) => attributes.status === "succeeded");
    expect(finished).toHaveLength(1);
  });
});
