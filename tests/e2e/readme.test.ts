import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunningTidegate } from "../support/runningTidegate";

const readme = readFileSync("README.md", "utf8");
const documents = [readme, readFileSync("docs/feedback.md", "utf8")].join("\n");
let tidegate: RunningTidegate;
beforeAll(async () => {
  tidegate = await RunningTidegate.start([]);
});
afterAll(() => tidegate?.stop());

/** The commands under `<!-- example: name -->`. */
function example(name: string): string {
  const found = new RegExp(`<!-- example: ${name} -->\\n\`\`\`sh\\n([\\s\\S]*?)\`\`\``).exec(documents);
  if (found === null) throw new Error(`no document has an example ${name}`);
  return found[1];
}

/** Runs examples in one shell, as a reader would, against the running Tidegate of this test. */
function run(...names: string[]): Promise<{ code: number | null; output: string }> {
  const script = ["keys", ...names]
    .map(example)
    .join("\n")
    .replaceAll("./.tidegate/", `${tidegate.folder}/`)
    .replaceAll("explanation.html", `${tidegate.folder}/explanation.html`)
    .replaceAll("registered.json", `${tidegate.folder}/registered.json`)
    .replaceAll("truth.csv", `${tidegate.folder}/truth.csv`)
    .replaceAll("npm run drop --", `node dist/tools/drop.js --state ${tidegate.folder}`);
  const shell = spawn("bash", ["-e", "-o", "pipefail", "-c", script]);
  let output = "";
  for (const stream of [shell.stdout, shell.stderr])
    stream.on("data", (chunk) => {
      output += chunk;
    });
  return new Promise((resolve) => shell.once("exit", (code) => resolve({ code, output })));
}

describe.sequential("the README's examples", () => {
  it("drop a dataset, which becomes a version", async () => {
    expect(await run("drop")).toMatchObject({ code: 0, output: expect.stringContaining("Dropped") });
    await tidegate.until("/datasets?usecase=coffee-grade", ({ datasets }) => datasets[0]);
  });

  it("show datasets and runs", async () => {
    const { code, output } = await run("datasets");
    expect(code).toBe(0);
    expect(output).toContain('"id": "weather.data-v1"');
    expect(output).toContain('"status": "succeeded"');
  });

  it("score a row, and show the shape of the answer", async () => {
    const { code, output } = await run("score");
    expect(code).toBe(0);
    const shown = JSON.parse(/The response looks like this:\n\n```json\n([\s\S]*?)```/.exec(readme)?.[1] ?? "");
    const answered = JSON.parse(output);
    expect(Object.keys(answered)).toEqual(Object.keys(shown));
    expect(answered.predictions[0].label).toBe(shown.predictions[0].label);
    expect(answered.predictions[0].probability).toBeCloseTo(shown.predictions[0].probability, 2);
  });

  it("explain a row with the contributions in the README, and write the page of the version", async () => {
    const { code, output } = await run("explain");
    expect(code).toBe(0);
    const answer = JSON.parse(output);
    expect(answer).toMatchObject({ method: "tree-shap", explains: { value: "probability" } });
    const [{ class: explained, baseValue, explainedValue, prediction, contributions }] = answer.explanations;
    expect(explained).toBe("wet");
    expect(explainedValue).toBeCloseTo(prediction.probabilities.wet, 6);
    const shown = /from a base of ([\d.]+) wet, `(\w+)` "rain" adds ([\d.]+)/.exec(readme) ?? [];
    expect(baseValue).toBeCloseTo(Number(shown[1]), 1);
    expect(contributions[0].feature).toBe(shown[2]);
    expect(contributions[0].contribution).toBeCloseTo(Number(shown[3]), 1);
    const page = readFileSync(path.join(tidegate.folder, "explanation.html"), "utf8");
    expect(page).toContain("Permutation importance");
  });

  it("tell what became true of a prediction", async () => {
    const { code, output } = await run("truth-score", "truth-feedback");
    expect(code).toBe(0);
    const [, given, shown] = output.split(/^(?=\{)/m).map((json) => JSON.parse(json));
    expect(given.answers).toEqual([{ status: "accepted" }, { status: "accepted" }]);
    expect(shown.truths).toMatchObject([{ label: "wet", raw: "snow", source: "feedback", holds: true }]);
  });

  it("drop a file that tells it", async () => {
    const { code, output } = await run("truth-drop");
    expect(code).toBe(0);
    const answers = "2 rows: 1 accepted, 1 refused (row 2: label: use one of rain, snow, clear, dry, wet)";
    expect(output).toContain(`weather/truth.csv was taken: ${answers}`);
    expect(output).toContain(`"summary": "${answers}"`);
  });

  it("register what was scored as a dataset, and download it", async () => {
    const { code, output } = await run("truth-dataset");
    expect(code).toBe(0);
    const [header, ...rows] = output.trim().split("\n");
    expect(header).toMatch(/^S_No,Timestamp,Location,.*,truth,request_id,request_row,predicted_at,model_version$/);
    expect(rows).toEqual([
      expect.stringMatching(/^,2013-12-01T09:00:00.000Z,JFK,4.4,.*,clear,(wet|dry),/),
      expect.stringMatching(/^,2013-12-01T13:00:00.000Z,JFK,4.4,.*,clear,(wet|dry),/),
    ]);
  });

  it("raise an alert", async () => {
    const { code, output } = await run("alert");
    expect(code).toBe(0);
    expect(output).toContain('"signal": "input-drift"');
    await tidegate.until("/alerts", ({ alerts }) =>
      alerts.find(({ rule }: { rule: string }) => rule === "input-drift"),
    );
  });

  it("show the figures of the champion", async () => {
    const { json } = await tidegate.call("GET", "/models/weather/versions/champion");
    const row = (name: string) =>
      new RegExp(`\\| (\\*\\*)?${name}(\\*\\*)? \\|(.*)\\|`)
        .exec(readme)?.[3]
        .split("|")
        .map((cell) => Number(cell.replaceAll("*", ""))) ?? [];
    const figures = ({ brier, prAuc, rocAuc, logLoss, accuracy, mcc, f1 }: Record<string, number>) => [
      brier,
      prAuc,
      rocAuc,
      logLoss,
      accuracy,
      mcc,
      f1,
    ];
    for (const [name, metrics] of [
      ["champion", json.metrics],
      ["persistence", json.baselines.persistence],
      ["majority", json.baselines.majority],
    ])
      for (const [i, value] of figures(metrics).entries())
        expect(row(name)[i], `${name} ${i}`).toBeCloseTo(value, i === 0 ? 3 : 2);
  });
});
