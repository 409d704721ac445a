import { readFileSync } from "node:fs";
import { TableClient } from "@azure/data-tables";
import { afterEach, describe, expect, it } from "vitest";
import { sha256Of } from "../../../shared/ledger/verifiedBlobs";
import { runMonitors } from "../../../shared/loop/runMonitors";
import type { TableRow as Row } from "../../../shared/ports";
import { finishTraining } from "../../../shared/training/finishTraining";
import { trainingQueues } from "../../../shared/training/runRecord";
import { startRun } from "../../../shared/training/startRun";
import { trainCandidate } from "../../../shared/training/trainCandidate";
import { Loop, shippedSpec } from "../../support/loop";

const usecase = "coffee-grade";
const sample = readFileSync(`models/${usecase}/sample.csv`, "utf8");
const spec = {
  ...shippedSpec(usecase),
  candidates: [{ learner: "logistic-regression", grid: { l2: [1] } }],
  gates: { bootstrapSamples: 200 },
};

let loop: Loop;
afterEach(() => loop?.stop());

async function withChampion(): Promise<void> {
  loop = await Loop.start(spec);
  await loop.drop(usecase, sample);
  await loop.drain();
  expect(await loop.app.registry.aliases(usecase)).toEqual({ champion: 1 });
}

/** Changes a stored document as nobody should; gives what puts it back. */
async function tamper(path: string, change: (text: string) => string): Promise<() => Promise<void>> {
  const [container, ...rest] = path.split("/");
  const name = rest.join("/");
  const before = Buffer.from((await loop.app.blobs.read(container, name)) ?? []);
  const after = Buffer.from(change(before.toString("latin1")), "latin1");
  expect(after.equals(before)).toBe(false);
  await loop.app.blobs.write(container, name, after);
  return () => loop.app.blobs.write(container, name, before);
}

async function queue(cause: string): Promise<void> {
  loop.passHours(1);
  await startRun(loop.app, { usecase, trigger: "request", cause, force: true });
}

const run = (cause: string) => loop.app.runs.get(`${usecase}.${cause}`);
const alert = async () => (await loop.app.alerts.list(usecase, 10)).find(({ rule }) => rule === "document-changed");
const row = Object.fromEntries(
  sample
    .split("\n")[0]
    .split(",")
    .map((name, i) => [name, sample.split("\n")[1].split(",")[i]]),
);
const features = Object.fromEntries(
  (spec.features as string[]).map((name) => [
    name,
    spec.columns[name].type === "number" ? Number(row[name]) : row[name],
  ]),
);

/** The same app in a new process: nothing is loaded yet. */
async function restart(): Promise<void> {
  await loop.app.close();
  loop.deploy(spec);
}

type Step = Parameters<typeof trainCandidate>[1];
const nextByte = (text: string) => text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) ^ 1);
const nextDigit = (text: string) => text.replace(/\d/, (digit) => String((Number(digit) + 1) % 10));

/** The blob of a run's result: its name bears the result's hash. */
async function resultBlob(runId: string, name: string): Promise<string> {
  const isHashed = /\.[0-9a-f]{16}\.\w+$/;
  for await (const blob of loop.app.blobs.list("runs", `${runId}/${name}`))
    if (isHashed.test(blob.name)) return `runs/${blob.name}`;
  throw new Error(`the run has no ${name}`);
}

/** The run as it is where its last step was killed before it recorded the end. */
async function forgetEnd(runId: string): Promise<void> {
  const { tables } = loop.app;
  const { etag: _etag, finishedAt: _at, version: _version, ...run } = (await tables.get("runs", usecase, runId)) as Row;
  await tables.transaction("runs", [{ kind: "replace", row: { ...run, status: "finishing" } }]);
}

describe("a stored document that was changed", () => {
  it("fails the run that would have learned from it, and the next run is right once it is back: a dataset copy", async () => {
    await withChampion();
    const [{ blob }] = await loop.app.datasets.versions(usecase);
    const putBack = await tamper(`datasets/${blob}`, (text) =>
      text.replaceAll("specialty", "x").replaceAll("commodity", "specialty").replaceAll(/\bx\b/g, "commodity"),
    );
    await queue("flipped");
    await loop.drain();
    expect(await run("flipped")).toMatchObject({
      status: "failed",
      message: expect.stringContaining(`the stored document datasets/${blob} is not what was recorded`),
    });
    expect(await alert()).toMatchObject({ severity: "error", status: "open", evidence: { blob: `datasets/${blob}` } });
    expect(await loop.app.registry.versions(usecase)).toHaveLength(1);
    await putBack();
    await queue("restored");
    await loop.drain();
    expect(await run("restored")).toMatchObject({ status: "unchanged", version: 1 });
  });

  it("fails the run that prepared it: the rows as training reads them", async () => {
    await withChampion();
    await queue("prepared");
    await loop.drainPlans();
    await tamper(`runs/${usecase}.prepared/prepared.bin`, (text) => `${text.slice(0, -1)}\u0001`);
    await loop.drain();
    expect(await run("prepared")).toMatchObject({
      status: "failed",
      message: expect.stringContaining("prepared.bin is not what was recorded"),
    });
    expect(await alert()).toMatchObject({ evidence: { blob: `runs/${usecase}.prepared/prepared.bin` } });
  });

  it("fails the run that it belongs to: the plan", async () => {
    await withChampion();
    await queue("planned");
    await loop.drainPlans();
    await tamper(`runs/${usecase}.planned/plan.json`, (text) => text.replace('"l2":1', '"l2":9'));
    await loop.drain();
    expect(await run("planned")).toMatchObject({ status: "failed", message: expect.stringContaining("plan.json") });
  });

  it("fails the run that would have chosen by it: the result of a trial", async () => {
    loop = await Loop.start(spec);
    const { runId } = (await loop.drop(usecase, sample)) as { runId: string };
    await loop.drainPlans();
    await loop.take(trainingQueues.candidate, (step) => trainCandidate(loop.app, step as Step));
    const blob = await resultBlob(runId, "trials/0/0000");
    await tamper(blob, (text) => text.replace(/"mean":[0-9.e-]+/, '"mean":0.0001'));
    await loop.drain();
    expect(await loop.app.runs.get(runId)).toMatchObject({
      status: "failed",
      message: expect.stringContaining(`the stored document ${blob} is not what was recorded`),
    });
    expect(await alert()).toMatchObject({ severity: "error", status: "open", evidence: { blob } });
    expect(await loop.app.registry.versions(usecase)).toEqual([]);
  });

  it.each([
    ["the refitted model", "refit/guarded", nextByte],
    ["what it says on the hold-out", "refit/holdout-predictions", nextByte],
    ["the profile of the training rows", "training-profile", nextDigit],
    ["the proof of its graph", "refit/proof-", nextDigit],
    ["a part of the evaluation", "evaluation/", nextDigit],
    ["what the checks of the data found", "data-checks", (text: string) => text.replace('"', ' "')],
  ])("fails the run that is resumed with it: %s", async (_what, name, change) => {
    loop = await Loop.start(spec);
    const { runId } = (await loop.drop(usecase, sample)) as { runId: string };
    await loop.drain();
    await forgetEnd(runId);
    const blob = await resultBlob(runId, name);
    await tamper(blob, change);
    await finishTraining(loop.app, runId);
    expect(await loop.app.runs.get(runId)).toMatchObject({
      status: "failed",
      message: expect.stringContaining(`the stored document ${blob} is not what was recorded`),
    });
    expect(await alert()).toMatchObject({ evidence: { blob } });
  });

  it("answers no request rather than a wrong one: the order of the classes", async () => {
    await withChampion();
    const right = await loop.score(usecase, [features]);
    expect(right.status).toBe(200);
    const details = await detailsBlob();
    const putBack = await tamper(details, (text) =>
      text.replace(/"classes":\[([^\]]*)\]/, (_all, list) => `"classes":[${list.split(",").reverse().join(",")}]`),
    );
    await restart();
    await expect(loop.score(usecase, [features])).resolves.toMatchObject({ status: 503 });
    expect(await alert()).toMatchObject({ severity: "error", evidence: { blob: details } });
    await putBack();
    await restart();
    const again = await loop.score(usecase, [features]);
    expect(JSON.parse(again.body).predictions).toEqual(JSON.parse(right.body).predictions);
  });

  it("answers no request: the bytes of the model", async () => {
    await withChampion();
    const [{ sha256 }] = await loop.app.registry.versions(usecase);
    await tamper(`models/${usecase}/sha256/${sha256}.onnx`, (text) => `${text}\n`);
    await restart();
    await expect(loop.score(usecase, [features])).resolves.toMatchObject({ status: 503 });
    expect(await alert()).toMatchObject({ evidence: { expected: sha256 } });
  });

  it("is not compared with: the training profile; nor explained with: the rows kept for that", async () => {
    await withChampion();
    const version = await loop.app.registry.version(usecase, 1);
    await tamper(String(version.trainingProfile), (text) =>
      text.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
    );
    await tamper(String(version.background), (text) => text.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)));
    expect((await runMonitors(loop.app)).join("\n")).toContain("is not what was recorded");
    await expect(loop.app.explanations.of(usecase, "1")).rejects.toMatchObject({ code: "corrupt" });
  });

  it("is found by whoever audits it, through the version's hashes: prepared rows and spec too", async () => {
    await withChampion();
    const { documents, lineage, trainingProfile, background, reference } = await loop.app.registry.version(usecase, 1);
    expect(Object.keys(documents ?? {}).sort()).toEqual(
      [lineage.preparedRows, lineage.usecaseSpec, trainingProfile, background, reference].sort(),
    );
    for (const [path, sha256] of Object.entries(documents ?? {})) {
      const [container, ...rest] = path.split("/");
      expect(await sha256Of((await loop.app.blobs.read(container, rest.join("/"))) ?? Buffer.alloc(0))).toBe(sha256);
    }
  });
});

describe("a record from before hashes were kept", () => {
  it("is read as it was", async () => {
    await withChampion();
    const { tables } = loop.app;
    const version = await tables.get("models", usecase, "v:000001");
    const { detailsSha256: _hash, etag: _etag, ...older } = version ?? { partitionKey: "", rowKey: "" };
    await tables.transaction("models", [{ kind: "replace", row: older }]);
    await tamper(await detailsBlob(), (text) => text.replace('"logistic-regression"', '"logistic"'));
    await restart();
    expect((await loop.app.registry.version(usecase, 1)).learner).toBe("logistic");
    expect((await loop.score(usecase, [features])).status).toBe(200);
  });

  it("finishes a run that an earlier release left at its last step, from the plain blobs that it left", async () => {
    loop = await Loop.start(spec);
    const { runId } = (await loop.drop(usecase, sample)) as { runId: string };
    await loop.drain();
    const kept = await asEarlierRelease(runId);
    expect(kept).toEqual(expect.arrayContaining(["trials/0/0000.json", "refit/guarded.onnx", "data-checks.json"]));
    loop.passHours(1);
    await finishTraining(loop.app, runId);
    expect(await loop.app.runs.get(runId)).toMatchObject({ status: "succeeded", version: 1 });
    const anew = (await resultRows(runId)).map(({ path }) => path);
    expect(anew).toEqual([expect.stringContaining("difference-champion-1")]); // which is its own version since
  });
});

/** Rows with the hashes of a run's results. */
async function resultRows(runId: string): Promise<Row[]> {
  const rows: Row[] = [];
  const range = { from: `doc:${runId}:`, to: `doc:${runId};` };
  for await (const row of loop.app.tables.list("runs", usecase, range)) rows.push(row);
  return rows;
}

/** Leaves a run's results as releases before hashes did, its end not recorded; gives their paths. */
async function asEarlierRelease(runId: string): Promise<string[]> {
  const { blobs, tables } = loop.app;
  const rows = await resultRows(runId);
  const client = TableClient.fromConnectionString(loop.storage.connectionString, "runs", {
    allowInsecureConnection: true,
  });
  for (const { path, rowKey } of rows) {
    const name = await resultBlob(runId, String(path).slice(0, String(path).lastIndexOf(".")));
    const hashed = name.slice("runs/".length);
    await blobs.write("runs", `${runId}/${path}`, (await blobs.read("runs", hashed)) as Uint8Array);
    await loop.storage.clients.blobs.getContainerClient("runs").deleteBlob(hashed);
    await client.deleteEntity(usecase, rowKey);
  }
  await forgetEnd(runId);
  const { etag: _etag, hashedResults: _mark, ...run } = (await tables.get("runs", usecase, runId)) as Row;
  await tables.transaction("runs", [{ kind: "replace", row: run }]);
  return rows.map(({ path }) => String(path));
}

async function detailsBlob(): Promise<string> {
  for await (const { name } of loop.app.blobs.list("models", `${usecase}/details/`)) return `models/${name}`;
  throw new Error("the version has no details");
}
