import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunningTidegate } from "../support/runningTidegate";

const shipped = "coffee-grade";
const sample = `models/${shipped}/sample.csv`;
const spec = JSON.parse(readFileSync(`models/${shipped}/usecase.json`, "utf8"));

let folder: string;
let usecases: string;
let tidegate: RunningTidegate;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tidegate-drop-"));
  usecases = path.join(folder, "usecases");
  cpSync(`models/${shipped}`, path.join(usecases, shipped), { recursive: true });
  mkdirSync(path.join(usecases, "nospec"));
  tidegate = await RunningTidegate.start(["--no-demo"], { env: { TIDEGATE_USECASES: usecases } });
});
afterAll(async () => {
  await tidegate?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs one of the tools against the running Tidegate. */
function run(tool: string, ...args: string[]): Promise<Ended> {
  return runOn(tidegate.folder, tool, ...args);
}

function runOn(state: string, tool: string, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [`dist/tools/${tool}.js`, ...args, "--state", state]);
  const result = { code: null as number | null, stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    result.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    result.stderr += chunk;
  });
  return new Promise((resolve) => child.once("exit", (code) => resolve({ ...result, code })));
}

function write(name: string, text: string): string {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
}

function addUsecase(name: string, change: object): void {
  mkdirSync(path.join(usecases, name), { recursive: true });
  const { sample: _sample, example: _example, ...plain } = spec;
  writeFileSync(path.join(usecases, name, "usecase.json"), JSON.stringify({ ...plain, name, ...change }));
}

describe.sequential("npm run drop", () => {
  it("refuses at once what no inbox accepts, and says what there is", async () => {
    const cases: [string[], RegExp][] = [
      [["cofee-grade", sample], /there is no use case "cofee-grade"; did you mean "coffee-grade"\?/],
      [["../x", sample], /there is no use case "\.\.\/x"/],
      [[shipped, "README.md"], /README\.md is neither a dataset nor a model: .*\.csv, \.csv\.gz, \.parquet or \.onnx/],
      [[shipped, "nowhere.csv"], /there is no file nowhere\.csv/],
      [["My_Model", write("m.onnx", "no model")], /a model name must use a-z, 0-9 and - only/],
      [[shipped], /two arguments are needed/],
    ];
    for (const [args, reason] of cases) {
      const { code, stdout, stderr } = await run("drop", ...args);
      expect(stderr).toMatch(reason);
      expect(code).toBe(1);
      expect(stdout).not.toContain("Dropped");
    }
    expect((await tidegate.call("GET", "/inbox")).json.files).toEqual([]);
  });

  it("shows each fault of a dataset with its row and column, and exits with 1", async () => {
    const rows = readFileSync(sample, "utf8").split("\n").slice(0, 50);
    rows[3] = rows[3].replace(/^[^,]*,[^,]*/, "lot,high");
    const bad = write("bad.csv", rows.join("\n"));
    for (let time = 0; time < 2; time++) {
      const { code, stdout } = await run("drop", shipped, bad);
      expect(stdout).toMatch(
        /coffee-grade\/bad\.csv was rejected, 1 fault:\n {2}row 3 \(line 4\), column Altitude_m: /,
      );
      expect(code).toBe(1);
    }
    const log = await tidegate.log();
    expect(log).toContain('"coffee-grade/bad.csv": rejected');
    expect(log).not.toContain('"high"');
  });

  it("shows the version and run of a valid dataset, and exits with 0; the same bytes are that version", async () => {
    const first = await run("drop", shipped, sample);
    expect(first.stdout).toMatch(/sample\.csv was accepted: coffee-grade version 1, 1200 rows, 1200 of them labelled/);
    expect(first.stdout).toContain("run coffee-grade.data-v1 trains on it");
    expect(first.code).toBe(0);
    const again = await run("drop", shipped, sample);
    expect(again.stdout).toContain("sample.csv is already coffee-grade version 1, 1200 rows");
    expect(again.code).toBe(0);
  });

  it("shows why a model was refused", async () => {
    const { code, stdout } = await run("drop", "my-model", write("m.onnx", "no model"));
    expect(stdout).toMatch(/my-model\/m\.onnx was refused: /);
    expect(code).toBe(1);
  });

  it("drops the .json next to a model, before the model", async () => {
    write("m.json", '{"classes":["a","b"]}');
    const { stdout } = await run("drop", "my-model", path.join(folder, "m.onnx"));
    expect(stdout).toMatch(/m\.json, which describes the model, into models-inbox\/my-model\/\nDropped .*m\.onnx into/);
    const described = await tidegate.download("models-inbox", "my-model/m.json");
    expect(described.toString()).toBe('{"classes":["a","b"]}');
  });

  it("does not wait if told not to", async () => {
    const { code, stdout } = await run("drop", shipped, sample, "--no-wait");
    expect(stdout).toContain(`npm run status -- --state ${tidegate.folder} shows the outcome`);
    expect(code).toBe(0);
  });

  it("says so if no Tidegate is running", async () => {
    const elsewhere = path.join(folder, "elsewhere");
    const ended = [await runOn(elsewhere, "drop", shipped, sample), await runOn(elsewhere, "status")];
    for (const { code, stderr } of ended) {
      expect(stderr).toBe(
        `no Tidegate is running on ${elsewhere}: start one with npm start, or give its folder with --state\n`,
      );
      expect(code).toBe(1);
    }
    // left behind by a start that was killed
    mkdirSync(elsewhere);
    const stale = { ...tidegate.info, url: "http://127.0.0.1:9" };
    writeFileSync(path.join(elsewhere, "local.json"), JSON.stringify(stale));
    const { stderr } = await runOn(elsewhere, "status");
    expect(stderr).toMatch(
      /^Tidegate at http:\/\/127\.0\.0\.1:9 does not answer .*: it was killed, or is still starting/,
    );
  });
});

describe.sequential("npm run status", () => {
  it("shows the current state in a few lines", async () => {
    await tidegate.until(`/runs/${shipped}.data-v1`, ({ finishedAt }) => finishedAt);
    const { code, stdout } = await run("status");
    expect(code).toBe(0);
    expect(stdout.trim().split("\n").length).toBeLessThanOrEqual(12);
    expect(stdout).toMatch(/^address +http:\/\/127\.0\.0\.1:\d+$/m);
    expect(stdout).toMatch(/^storage +reachable at 127\.0\.0\.1:\d+$/m);
    expect(stdout).toMatch(/^datasets +coffee-grade: 1 version, the newest is 1 with 1200 rows$/m);
    expect(stdout).toMatch(/^runs +none running; the last one, coffee-grade\.data-v1, ended as succeeded/m);
    expect(stdout).toMatch(/^champions +coffee-grade 1: log loss [\d.]+ \(majority [\d.]+\)$/m);
    expect(stdout).toMatch(/dataset-rejected \(warning\)/);
  });
});

describe.sequential("the terminal of npm start", () => {
  it("shows commands for this state folder, and which folders it ignored", () => {
    expect(tidegate.output).toContain(`npm run drop -- <usecase> <file.csv> --state ${tidegate.folder}\n`);
    expect(tidegate.output).toContain(`npm run status -- --state ${tidegate.folder}\n`);
    expect(tidegate.output).toContain(`${path.join(usecases, "nospec")} is ignored: it has no usecase.json\n`);
  });

  it("has a line for each verdict, run and alert", async () => {
    const lines = [
      /^[\d:]{8} {2}coffee-grade\/bad\.csv was rejected, 1 fault:$/m,
      /^[\d:]{8} {2}coffee-grade\/sample\.csv (was accepted:|is already) coffee-grade version 1/m,
      /^[\d:]{8} {2}run coffee-grade\.data-v1 succeeded: version 1 is champion$/m,
      /^[\d:]{8} {2}alert on coffee-grade \(dataset-rejected\): bad\.csv was rejected: row 3/m,
      /^[\d:]{8} {2}my-model\/m\.onnx was refused: /m,
    ];
    for (const line of lines) await expect.poll(() => tidegate.output, { timeout: 30_000 }).toMatch(line);
  });
});

describe.sequential("the folder of use cases, while Tidegate runs", () => {
  const rejectedFor = (usecase: string) =>
    tidegate.until("/inbox?inbox=datasets", ({ files }) =>
      files.find((file: { folder: string; status: string }) => file.folder === usecase && file.status === "rejected"),
    );

  it("serves a use case that is added, and accepts the file that was refused before that", async () => {
    await tidegate.drop("datasets-inbox", "beans/sample.csv", readFileSync(sample));
    expect((await rejectedFor("beans")).reason).toContain('there is no use case "beans"');
    addUsecase("beans", {});
    await expect.poll(() => tidegate.output, { timeout: 60_000 }).toContain("use case beans was added");
    await tidegate.until("/datasets?usecase=beans", ({ datasets }) => datasets[0]);
    await expect
      .poll(() => tidegate.output, { timeout: 30_000 })
      .toMatch(/beans\/sample\.csv was accepted: beans version 1/);
    const { alerts } = (await tidegate.call("GET", "/alerts?subject=unknown-usecase&status=open")).json;
    expect(alerts).toEqual([]);
    const info = JSON.parse(readFileSync(path.join(tidegate.folder, "local.json"), "utf8"));
    expect(info.usecases).toEqual(["beans", shipped]);
  });

  it("says what is wrong with a spec, and serves the use cases as before", async () => {
    const pid = async () => (await tidegate.call("GET", "/admin/host/status")).json.workerPid;
    const before = await pid();
    addUsecase("lots", { seed: -1, candidates: [{ learner: "oracle" }] });
    const shown = () => tidegate.output.replace(/\s+/g, " ");
    await expect.poll(shown, { timeout: 30_000 }).toContain("the use cases are served as before");
    expect(shown()).toMatch(
      /lots.usecase\.json is wrong: seed: it must be at least 0 candidates\.0\.learner: unknown learner/,
    );
    expect(await pid()).toBe(before);
    addUsecase("lots", {});
    await expect.poll(shown, { timeout: 60_000 }).toContain("use case lots was added");
  });
});
