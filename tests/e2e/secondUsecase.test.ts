import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunningTidegate } from "../support/runningTidegate";

const usecase = "coffee-grade";
const folder = mkdtempSync(path.join(tmpdir(), "tidegate-usecases-"));
const spec = JSON.parse(readFileSync(`models/${usecase}/usecase.json`, "utf8"));
let tidegate: RunningTidegate;

/** The folder of use cases is elsewhere and contains only this one: nothing may depend on the other. */
beforeAll(async () => {
  cpSync(`models/${usecase}`, path.join(folder, usecase), { recursive: true });
  tidegate = await RunningTidegate.start([], { env: { TIDEGATE_USECASES: folder } });
});
afterAll(async () => {
  await tidegate?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.sequential("a use case of another kind", () => {
  it("gets from a dropped file to a champion with nothing but its spec", async () => {
    await tidegate.drop("datasets-inbox", `${usecase}/lots.csv`, readFileSync(`models/${usecase}/sample.csv`));
    const run = await tidegate.until(`/runs/${usecase}.data-v1`, (one) => one.finishedAt && one);
    expect(run).toMatchObject({ status: "succeeded", version: 1, promoted: true });
    const { json: version } = await tidegate.call("GET", `/models/${usecase}/versions/1`);
    expect(version.signature.classes).toHaveLength(3);
    expect(version.metrics.logLoss).toBeLessThan(version.baselines.majority.logLoss);
    expect(version.metrics.confusionMatrix).toHaveLength(3);
  });

  it("is scored without its name, as the only model, even with missing values and unseen categories", async () => {
    const unknown = { ...spec.example, Altitude_m: null, Process: "a process that was never seen" };
    const { status, json } = await tidegate.call("POST", "/score", { rows: [spec.example, unknown] });
    expect(status).toBe(200);
    expect(json).toMatchObject({ model: usecase, version: 1 });
    for (const { label, probability, probabilities } of json.predictions) {
      expect(Object.keys(probabilities).sort()).toEqual([...spec.columns.Grade.values].sort());
      expect(Math.max(...(Object.values(probabilities) as number[]))).toBe(probability);
      expect(probabilities[label]).toBe(probability);
    }
  });

  it("takes a model trained elsewhere as a version that is not promoted", async () => {
    const { json: models } = await tidegate.call("GET", "/models");
    const { sha256 } = models.models[0].versions[0];
    const bytes = await tidegate.download("models", `${usecase}/sha256/${sha256}.onnx`);
    await tidegate.drop("models-inbox", "elsewhere/grader.onnx", bytes);
    const listed = await tidegate.until("/models", (answer) =>
      answer.models.find(({ model }: { model: string }) => model === "elsewhere"),
    );
    expect(listed).toMatchObject({ aliases: {}, versions: [{ version: 1, sha256 }] });
    const row = [1602, 11.6, 4, 697, 16, "honey"];
    const pinned = await tidegate.call("POST", "/score/elsewhere", { data: [row] }, { "x-tidegate-version": "1" });
    expect(pinned.json.predictions[0].label).toMatch(/specialty|premium|commodity/);
    const unpinned = await tidegate.call("POST", "/score/elsewhere", { data: [row] });
    expect(unpinned).toMatchObject({ status: 404, json: { error: expect.stringContaining('no alias "champion"') } });
  });

  it("refuses a file that is not a model, with the reason in an alert", async () => {
    await tidegate.drop("models-inbox", "elsewhere/broken.onnx", "this is no model");
    const alert = await tidegate.until("/alerts", ({ alerts }) =>
      alerts.find(({ rule }: { rule: string }) => rule === "model-rejected"),
    );
    expect(alert).toMatchObject({
      subject: "elsewhere",
      summary: expect.stringContaining("the file is not an ONNX model, or is cut short"),
    });
  });

  it("keeps file names that parse as JSON or have a control character, and continues with the next", async () => {
    const names = ["2024", "true", "escape\u001b[31m.csv"];
    for (const name of names) await tidegate.drop("datasets-inbox", `${usecase}/${name}`, "");
    await tidegate.drop("models-inbox", "elsewhere/1.0.onnx", "this is no model");
    const shown = names.map((name) => name.replace("\u001b", "\ufffd"));
    const files = await tidegate.until("/datasets", ({ rejected }) => rejected.length === names.length && rejected);
    expect(files.map(({ file }: { file: string }) => file).sort()).toEqual(shown.sort());
    const open = await tidegate.until("/alerts?status=open&subject=elsewhere", ({ alerts }) =>
      alerts.find(({ evidence }: { evidence: { count: number } }) => evidence.count === 2),
    );
    expect(open.evidence.files[0].file).toBe("elsewhere/1.0.onnx");
  });

  it("asks for the model's name once there is more than one", async () => {
    await expect
      .poll(async () => (await tidegate.call("POST", "/score", { rows: [spec.example] })).status, { timeout: 10_000 })
      .toBe(400);
    const { json } = await tidegate.call("POST", "/score", { rows: [spec.example] });
    expect(json.error).toMatch(/coffee-grade, elsewhere/);
  });
});

describe("an invalid use case", () => {
  it("stops the start with one sentence that names each path at fault", async () => {
    const wrong = mkdtempSync(path.join(tmpdir(), "tidegate-wrong-"));
    cpSync(`models/${usecase}`, path.join(wrong, usecase), { recursive: true });
    const broken = { ...spec, features: [...spec.features, "Taste"], selection: { metric: "feeling" } };
    writeFileSync(path.join(wrong, usecase, "usecase.json"), JSON.stringify(broken));
    const start = RunningTidegate.start(["--no-demo"], { env: { TIDEGATE_USECASES: wrong } });
    await expect(start).rejects.toThrow(/selection\.metric/);
    rmSync(wrong, { recursive: true, force: true });
  });
});
