import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asRecorded, type RecordedAnswer, recorded, startOnRecordedState } from "../support/recordedState";
import type { RunningTidegate } from "../support/runningTidegate";

interface Alert {
  id: string;
  rule: string;
  status: string;
  occurrences: number;
}

const { answers, drift, keys, openRun } = recorded;
const master = { "x-functions-key": keys.masterKey };
const by = (reason: string) => ({ reason, actor: "Ben Example" });
const answerTo = (address: string) => answers.find(({ path }) => path === address)!.answer;

let tidegate: RunningTidegate;
beforeAll(async () => {
  tidegate = await startOnRecordedState();
});
afterAll(() => tidegate?.stop());

const get = async (address: string) => (await tidegate.call("GET", address)).json;
const change = (method: string, address: string, body: object) => tidegate.call(method, address, body, master);
const finished = (run: string) => tidegate.until(`/runs/${run}`, (one) => one.finishedAt && one);

function nameOf({ method, path, headers }: RecordedAnswer): string {
  const pin = headers?.["x-tidegate-version"];
  return pin === undefined ? `${method} ${path}` : `${method} ${path} for ${pin}`;
}

/** The verdict on a file that is dropped now. */
async function verdictOn(inbox: "datasets" | "models", name: string, content: Uint8Array) {
  const [folder, file] = name.split("/");
  await tidegate.drop(`${inbox}-inbox`, name, content);
  return tidegate.until(`/inbox?inbox=${inbox}`, ({ files }) =>
    files.find(
      (one: { folder: string; file: string; status: string }) =>
        one.folder === folder && one.file === file && one.status !== "pending",
    ),
  );
}

/** The same hours of the month after, at another load. */
function monthLater(csv: string): string {
  return csv.replace(/^2026-06-(\S+?),(\w+),([\d.]+),/gm, (_row, time, pump, load) => {
    return `2026-07-${time},${pump},${(load / 2 + 20).toFixed(2)},`;
  });
}

/** The tests follow one another: what is asked is captured, and the drift monitor counts it. */
describe.sequential("a state folder of an earlier commit", () => {
  it("keeps its keys, and the run that the stop interrupted goes on to its end", async () => {
    expect(tidegate.info).toMatchObject(keys);
    const run = await finished(openRun.id);
    expect(run).toMatchObject({ status: openRun.status, version: openRun.version });
    expect(run.progress.trialsDone).toBe(run.progress.trialsTotal);
    const states = async () =>
      (await get("/alerts?subject=yield")).alerts.map(({ rule, status }: Alert) => `${rule} ${status}`);
    await expect.poll(states, { timeout: 60_000 }).toEqual(["run-failed resolved", "dataset-rejected resolved"]);
  });

  it.each(answers.map((one) => [nameOf(one), one] as const))("answers as before to %s", async (_name, one) => {
    const now = await tidegate.call(one.method, one.path, one.body, one.headers);
    expect(now.status).toBe(one.status);
    const isMadeNow = one.method === "POST" || /\/(card|explain)$/.test(one.path);
    expect(now.json).toEqual(asRecorded(one.answer, isMadeNow));
  });

  it.each(["pumps/versions/1", "pumps/versions/2", "yield/versions/1", "scores/versions/1"])(
    "shows the card of %s as a page",
    async (version) => {
      const page = await tidegate.call("GET", `/models/${version}/card?format=html`);
      expect(page.status).toBe(200);
      const { model, owners, facts } = answerTo(`/models/${version}/card`);
      for (const text of [
        `<h1`,
        model,
        ...owners,
        ...facts.signature.features.map(({ name }: { name: string }) => name),
      ])
        expect(page.json).toContain(text);
    },
  );

  it("shows a kept explanation as a page", async () => {
    const page = await tidegate.call("GET", "/models/pumps/versions/1/explain?format=html");
    expect(page.status).toBe(200);
    expect(page.json).toContain("<svg");
  });

  it("is watched for drift from where it was: counted rows, those to be counted, and the open alert", async () => {
    const before = answerTo("/monitors/pumps").results;
    await change("POST", "/admin/functions/drift", {});
    const { results } = await tidegate.until(
      "/monitors/pumps",
      (answer) =>
        answer.results.filter(({ signal }: { signal: string }) => signal === "input-drift").length > before.length &&
        answer,
    );
    const { at: _at, windowStart: _start, windowEnd: _end, ...measured } = drift;
    const result = results.find(({ signal }: { signal: string }) => signal === "input-drift");
    // of the day, too: that a version of then has no days of its training rows is a note of its own
    const notes = result.details.notes.slice(-measured.details.notes.length);
    expect({ ...result, details: { ...result.details, notes } }).toEqual(asRecorded(measured, true));
    const raised = answerTo("/alerts?subject=pumps").alerts.find(({ rule }: Alert) => rule === "input-drift");
    const alert = await tidegate.until("/alerts?subject=pumps&status=open", ({ alerts }) =>
      alerts.find(({ id, occurrences }: Alert) => id === raised.id && occurrences === 2),
    );
    expect(alert).toMatchObject({ raisedAt: raised.raisedAt, runId: raised.runId });
    expect(JSON.stringify(alert)).toContain(raised.action);
  });

  it("knows a file that was dropped before, and one whose version is withdrawn", async () => {
    const june = await tidegate.download("datasets-inbox", "pumps/june.csv");
    expect(await verdictOn("datasets", "pumps/again.csv", june)).toMatchObject({
      status: "accepted",
      version: 1,
      created: false,
    });
    const wrong = await tidegate.download("datasets-inbox", "pumps/wrong.csv");
    expect(await verdictOn("datasets", "pumps/wrong-again.csv", wrong)).toMatchObject({
      status: "rejected",
      reason: expect.stringContaining("the sensor was loose"),
    });
    const linear = await tidegate.download("models-inbox", "scores/linear.onnx");
    await tidegate.drop(
      "models-inbox",
      "scores/plain.json",
      await tidegate.download("models-inbox", "scores/linear.json"),
    );
    expect(await verdictOn("models", "scores/plain.onnx", linear)).toMatchObject({
      status: "accepted",
      version: 1,
      created: false,
    });
  });

  it("has nothing new to learn as it is", async () => {
    const { status, json: run } = await change("POST", "/runs", { usecase: "pumps", actor: "Ben Example" });
    expect(status).toBe(202);
    expect(await finished(run.id)).toMatchObject({
      status: "unchanged",
      usecaseHash: answerTo("/runs/pumps.data-v2").usecaseHash,
    });
  });

  it("trains a next version on old and new datasets, and the pin of the champion holds", async () => {
    const june = (await tidegate.download("datasets-inbox", "pumps/june.csv")).toString();
    const verdict = await verdictOn("datasets", "pumps/july.csv", Buffer.from(monthLater(june)));
    expect(verdict).toMatchObject({ status: "accepted", version: 4, created: true, runId: "pumps.data-v4" });
    const run = await finished("pumps.data-v4");
    expect(run).toMatchObject({ status: "succeeded", version: 3, promoted: false, datasetVersions: [1, 2, 4] });
    expect(run.message).toContain("the auditor has seen it");
    const [pumps] = (await get("/models?model=pumps")).models;
    expect(pumps).toMatchObject({ aliases: { champion: 1, challenger: 2 }, pins: { champion: { by: "Ann Example" } } });
  });

  it("lets a person close an alert, restore a dataset and free the champion", async () => {
    const { alerts } = await get("/alerts?subject=pumps&status=open");
    const open = alerts.find(({ rule }: Alert) => rule === "dataset-rejected");
    const closed = await change("POST", `/alerts/${open.id}/close`, by("the sender knows"));
    expect(closed.json).toMatchObject({ status: "resolved", closedBy: "Ben Example", raisedAt: open.raisedAt });
    const restored = await change("POST", "/datasets/pumps/3/restore", by("it was not the sensor"));
    expect(restored.json).toMatchObject({ dataset: { version: 3 }, learntFromIt: [] });
    const moved = await change("PUT", "/models/pumps/aliases/champion", { ...by("to try"), version: 2, pin: false });
    expect(moved.json).toMatchObject({ aliases: { champion: 2, previous: 1 }, pins: {} });
    const pinned = answers.find(
      ({ path, headers }) => path === "/score/pumps" && headers?.["x-tidegate-version"] === "2",
    )!;
    const scored = await tidegate.call("POST", "/score/pumps", pinned.body, { "x-tidegate-version": "champion" });
    expect(scored.json).toEqual(asRecorded(pinned.answer, true));
    const { entries } = await get("/audit/pumps?limit=1000");
    const known = answerTo("/audit/pumps").entries;
    expect(entries.slice(-known.length)).toEqual(asRecorded(known));
    const news = entries.slice(0, -known.length).filter(({ actor }: { actor: string }) => actor === "Ben Example");
    expect(news.map(({ action }: { action: string }) => action)).toEqual([
      "alias moved",
      "dataset restored",
      "alert closed",
      "run started",
    ]);
    const { runs } = await get("/runs?usecase=pumps");
    expect(runs.filter(({ trigger }: { trigger: string }) => trigger === "drift")).toHaveLength(1);
  });
});
