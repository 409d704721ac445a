import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../shared/math/seededRandom";
import { RunningTidegate } from "../support/runningTidegate";

const model = "weather";
const sample = readFileSync(`models/${model}/sample.csv.gz`);
const spec = JSON.parse(readFileSync(`models/${model}/usecase.json`, "utf8"));
const lines = gunzipSync(sample).toString("utf8").trimEnd().split(/\r?\n/);
const [header, ...rows] = lines;
const columns = header.split(",");
/** before the hold-out set */
const trained = rows.filter((row) => row.split(",")[columns.indexOf("Timestamp")] < "2013-07-01");

const random = seededRandom(1);
/** Training rows in random order. */
const unordered = (count: number) =>
  Array.from({ length: count }, () => trained[Math.floor(random() * trained.length)]);

let tidegate: RunningTidegate;
beforeAll(async () => {
  tidegate = await RunningTidegate.start(["--no-demo"]);
});
afterAll(() => tidegate?.stop());

const finishedRun = (id: string) => tidegate.until(`/runs/${id}`, (run) => run.finishedAt && run);

/** A row of the sample as the scoring endpoint takes it. */
function features(line: string, shiftTemperature = 0): Record<string, number | string | null> {
  const cells = line.split(",");
  const entries = (spec.features as string[]).map((name) => {
    const text = cells[columns.indexOf(name)];
    if (text === "") return [name, null];
    if (spec.columns[name].type === "category") return [name, text];
    return [name, Number(text) + (name === "Temperature_C" ? shiftTemperature : 0)];
  });
  return Object.fromEntries(entries);
}

const checkDrift = () => tidegate.call("POST", "/admin/functions/drift", {});
const newestResult = (at?: string) =>
  tidegate.until(
    `/monitors/${model}?signal=input-drift`,
    ({ results }) => results[0] && results[0].at !== at && results[0],
  );

/** The steps build on one another, as in the loop. */
describe.sequential("the loop on the running host", () => {
  it("turns a dropped dataset into a version, a run that survives a killed worker, and a champion", async () => {
    await tidegate.drop("datasets-inbox", `${model}/first.csv.gz`, sample);
    const dataset = await tidegate.until(`/datasets?usecase=${model}`, ({ datasets }) => datasets[0]);
    expect(dataset).toMatchObject({ usecase: model, version: 1, status: "accepted", rowCount: rows.length });

    const id = `${model}.data-v1`;
    await tidegate.until(`/runs/${id}`, (run) => run.progress.trialsTotal > 0 && run.progress.trialsDone >= 1);
    const { json: status } = await tidegate.call("GET", "/admin/host/status");
    process.kill(status.workerPid, "SIGKILL");
    const run = await finishedRun(id);
    expect(run).toMatchObject({ status: "succeeded", version: 1, promoted: true, datasetVersions: [1] });
    expect(run.progress.trialsDone).toBe(run.progress.trialsTotal);

    const { json: audit } = await tidegate.call("GET", `/audit/${model}`);
    const actions = audit.entries.map(({ action }: { action: string }) => action);
    expect(actions.filter((action: string) => action === "version registered")).toHaveLength(1);
    expect(actions).toContain("dataset registered");
    expect(actions).toContain("alias moved");
  });

  it("describes the version with its metrics, both baselines and its lineage", async () => {
    const { json: version } = await tidegate.call("GET", `/models/${model}/versions/champion`);
    expect(version.lineage).toMatchObject({ source: "training", runId: `${model}.data-v1`, datasetVersions: [1] });
    const [container, ...blob] = version.lineage.preparedRows.split("/");
    const rows = await tidegate.download(container, blob.join("/"));
    expect(Buffer.from(rows.subarray(0, 4)).toString()).toBe("PAR1");
    expect(version.metrics.brier).toBeLessThan(version.baselines.persistence.brier);
    expect(version.metrics.brier).toBeLessThan(version.baselines.majority.brier);
    expect(version.differences.map(({ against }: { against: string }) => against).sort()).toEqual([
      "majority",
      "persistence",
    ]);
    expect(version.intervals.brier.value).toBe(version.metrics.brier);
    expect(version.curves.map((one: { class: string }) => one.class)).toEqual(["wet"]);
    const stations = version.slices.filter(({ column }: { column: string }) => column === "Location");
    expect(stations.map(({ slice }: { slice: string }) => slice)).toEqual(["EWR", "JFK", "LGA"]);
    expect(version.saving).toMatchObject({ unit: "EUR", thresholds: { decided: 0.5, theoretical: 0.3 } });
    expect(version.signature.features.map(({ name }: { name: string }) => name)).toEqual(spec.features);
  });

  it("scores rows by name and by position with the same answer", async () => {
    const row = features(rows[1000]);
    const byName = await tidegate.call("POST", `/score/${model}`, { rows: [row] });
    const byPosition = await tidegate.call("POST", `/score/${model}`, { data: [Object.values(row)] });
    expect(byName.status).toBe(200);
    expect(byName.json).toMatchObject({
      model,
      version: 1,
      predictions: [{ label: expect.stringMatching(/^(wet|dry)$/) }],
    });
    expect(byPosition.json.predictions).toEqual(byName.json.predictions);
    expect(byName.headers.get("x-tidegate-version")).toBe("1");
    const { probabilities, probability, label } = byName.json.predictions[0];
    expect(probabilities[label]).toBe(probability);
    expect(probabilities.wet + probabilities.dry).toBeCloseTo(1, 6);
  });

  it("names the field at fault, and refuses callers without a key", async () => {
    const bad = await tidegate.call("POST", `/score/${model}`, { rows: [{ ...features(rows[0]), Humidity: "high" }] });
    expect(bad.status).toBe(400);
    expect(bad.json.details).toEqual([
      { path: "rows[0].Humidity", message: expect.stringContaining("a number is needed") },
    ]);
    expect((await tidegate.call("POST", "/score/nothing", { data: [] })).status).toBe(404);
    expect((await tidegate.call("POST", `/score/${model}`, {}, { "x-functions-key": "wrong" })).status).toBe(401);
    expect(
      (await tidegate.call("POST", "/runs", { usecase: model }, { "x-functions-key": tidegate.info.functionKey }))
        .status,
    ).toBe(401);
  });

  it("rejects a bad file with row and column, raises an alert, and keeps the original", async () => {
    const broken = [header, rows[0], rows[1].replace(/^(\d+),/, "$1,not-a-time-"), ""].join("\n");
    await tidegate.drop("datasets-inbox", `${model}/broken.csv`, broken);
    const rejected = await tidegate.until(`/datasets?usecase=${model}`, (answer) => answer.rejected[0]);
    expect(rejected.reasons[0]).toMatchObject({ row: 2, column: "Timestamp" });
    const alert = await tidegate.until("/alerts", ({ alerts }) =>
      alerts.find(({ rule }: { rule: string }) => rule === "dataset-rejected"),
    );
    expect(alert).toMatchObject({ subject: model, status: "open" });
  });

  it("recognises the same bytes under another name", async () => {
    await tidegate.drop("datasets-inbox", `${model}/again.csv.gz`, sample);
    await expect.poll(() => tidegate.log(), { timeout: 30_000 }).toMatch(/again\.csv\.gz": version 1, as before/);
    const { json } = await tidegate.call("GET", `/datasets?usecase=${model}`);
    expect(json.datasets).toHaveLength(1);
    const { json: runs } = await tidegate.call("GET", `/runs/${model}.data-v1`);
    expect(runs.status).toBe("succeeded");
  });

  it("stays quiet on traffic like the training rows", async () => {
    const typical = unordered(400).map((row) => features(row));
    expect((await tidegate.call("POST", `/score/${model}`, { rows: typical })).status).toBe(200);
    expect((await checkDrift()).status).toBe(202);
    const result = await newestResult();
    expect(result.targetRows).toBeGreaterThanOrEqual(typical.length);
    expect(result).toMatchObject({
      verdict: "ok",
      details: { notes: [expect.stringContaining("2013-01-01 to 2013-06-")] },
    });
    expect(result.details.features.map(({ verdict }: { verdict: string }) => verdict)).toEqual(new Array(8).fill("ok"));
    const { json } = await tidegate.call("GET", `/alerts?subject=${model}`);
    expect(json.alerts.filter(({ rule }: { rule: string }) => rule === "input-drift")).toEqual([]);
  });

  it("stays quiet on three consecutive days of the training rows", async () => {
    const { json } = await tidegate.call("GET", `/monitors/${model}?signal=input-drift`);
    expect(json.champion).toEqual({ version: 1, watched: true });
    const days = trained.slice(5000, 5216).map((row) => features(row));
    expect((await tidegate.call("POST", `/score/${model}`, { rows: days })).status).toBe(200);
    await checkDrift();
    const result = await newestResult(json.results[0].at);
    expect(result.verdict).toBe("ok");
    expect(result.details.dependence.seriesShare).toBeGreaterThan(0.1);
  });

  it("detects shifted traffic, raises an alert, and starts a run that finds nothing new to learn", async () => {
    const { json } = await tidegate.call("GET", `/monitors/${model}?signal=input-drift`);
    // beyond twice the threshold: less has to hold in two of three windows before the alert opens
    const shifted = unordered(4000).map((row) => features(row, 30));
    for (let at = 0; at < shifted.length; at += 1000)
      expect((await tidegate.call("POST", `/score/${model}`, { rows: shifted.slice(at, at + 1000) })).status).toBe(200);
    await checkDrift();
    const result = await newestResult(json.results[0]?.at);
    expect(result.verdict).toBe("drift");
    const temperature = result.details.features.find(({ feature }: { feature: string }) => feature === "Temperature_C");
    expect(temperature).toMatchObject({ verdict: "drift" });
    const alert = await tidegate.until(`/alerts?subject=${model}`, ({ alerts }) =>
      alerts.find((one: { rule: string; action?: string }) => one.rule === "input-drift" && one.action),
    );
    expect(alert).toMatchObject({ status: "open", evidence: { features: expect.arrayContaining(["Temperature_C"]) } });
    const runs = await tidegate.until(`/runs?usecase=${model}`, (answer) =>
      answer.runs.filter(({ trigger }: { trigger: string }) => trigger === "drift"),
    );
    expect(runs).toHaveLength(1);
    const words = `started run ${runs[0].id}`;
    expect(alert).toMatchObject({
      action: words,
      runId: runs[0].id,
      actions: [{ kind: "retrain", outcome: "done", words }],
    });
    expect(await finishedRun(runs[0].id)).toMatchObject({ status: "unchanged" });
  });

  it("trains a new version once new labelled rows are dropped", async () => {
    const nextYear = rows.slice(0, 3000).map((row) => row.replace("2013-", "2014-"));
    await tidegate.drop("datasets-inbox", `${model}/next-year.csv`, [header, ...nextYear, ""].join("\n"));
    const dataset = await tidegate.until(`/datasets?usecase=${model}`, ({ datasets }) =>
      datasets.length === 2 ? datasets[0] : undefined,
    );
    expect(dataset.version).toBe(2);
    const run = await finishedRun(`${model}.data-v2`);
    expect(run).toMatchObject({ status: "succeeded", version: 2, datasetVersions: [1, 2] });
    const { json } = await tidegate.call("GET", `/models/${model}/versions/2`);
    expect(json.gate.reasons.join(" ")).toContain("champion");
    const pinned = await tidegate.call(
      "POST",
      `/score/${model}`,
      { rows: [features(rows[0])] },
      { "x-tidegate-version": "2" },
    );
    expect(pinned.json.version).toBe(2);
  });

  it("gives up a poisoned message with an alert", async () => {
    await tidegate.enqueue("training-candidate", '{"runId": 7}');
    const alert = await tidegate.until("/alerts", ({ alerts }) =>
      alerts.find(({ rule }: { rule: string }) => rule === "poison-training-candidate"),
    );
    expect(alert.summary).toMatch(/failed too often/);
  });
});
