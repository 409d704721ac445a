import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunningTidegate } from "../support/runningTidegate";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tidegate-start-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the start command to its end. */
function command(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [path.resolve("dist/tools/start/main.js"), ...args], {
    env: { ...process.env, ...env },
  });
  const result = { code: null as number | null, stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    result.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    result.stderr += chunk;
  });
  return new Promise((resolve) => child.once("exit", (code) => resolve({ ...result, code })));
}

/** What a running Tidegate publishes for scripts, once it is ready. */
function readyInfo(state: string): { url: string } | undefined {
  const file = path.join(state, "local.json");
  const info = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  return info?.ready ? info : undefined;
}

/** Kills what is left of a process group, if anything; the emulator and the worker end with their parent. */
function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function isListening(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}

/** Runs the printed curl command's request, as someone who copies it would. */
async function runCurl(text: string): Promise<{ status: number; json: unknown }> {
  const url = /curl -s -X POST (\S+)/.exec(text)?.[1] ?? "";
  const headers = Object.fromEntries(
    [...text.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name, value]) => [name, value]),
  );
  const body = /-d '([^']+)'/.exec(text)?.[1];
  const response = await fetch(url, { method: "POST", headers, body });
  return { status: response.status, json: await response.json() };
}

describe.sequential("npm start", () => {
  let first: RunningTidegate;

  it("drops the sample, trains with progress lines, and scores a row", async () => {
    first = await RunningTidegate.start([], { folder });
    expect(first.output).toMatch(/Training: \d+\/\d+/);
    expect(first.output).toMatch(/Scored a row: \{"model":"weather","version":1/);
    await expect.poll(() => first.output).toContain("Ctrl-C stops everything");
    const [champion] = /^Model weather version 1 is champion.*$/m.exec(first.output) ?? [""];
    expect(champion).toMatch(/: brier 0\.04\d* on the hold-out set \(majority 0\.05\d*, persistence 0\.04\d*\)$/);
  });

  it("prints a curl command that works", async () => {
    const printed = first.output.slice(
      first.output.indexOf("Score it again:"),
      first.output.indexOf("Tidegate is running"),
    );
    const { status, json } = await runCurl(printed);
    expect(status).toBe(200);
    expect(json).toMatchObject({ model: "weather", predictions: [{ label: expect.any(String) }] });
  });

  it("publishes its address for scripts in a file that only its owner can read", () => {
    expect(Object.keys(first.info).sort()).toEqual(["functionKey", "masterKey", "ready", "storage", "url", "usecases"]);
    expect(statSync(path.join(folder, "local.json")).mode & 0o777).toBe(0o600);
  });

  it("refuses a second start on the same folder in one sentence", async () => {
    const { code, stderr } = await command(["--port", "0", "--state", folder]);
    expect(code).not.toBe(0);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(/another Tidegate \(process \d+\) is running on/);
    expect((await first.call("GET", "/health")).status).toBe(200);
  });

  it("stops everything on Ctrl-C and leaves nothing running", async () => {
    const ports = [
      new URL(first.info.url).port,
      /BlobEndpoint=http:\/\/127\.0\.0\.1:(\d+)/.exec(first.info.storage)?.[1],
    ];
    expect(await first.stop(true)).toBe(0);
    for (const port of ports) expect(await isListening(Number(port))).toBe(false);
    expect(existsSync(path.join(folder, "local.json"))).toBe(false);
  });

  it("keeps its state for the second start, which does not train again", async () => {
    const second = await RunningTidegate.start([], { folder });
    try {
      expect(second.output).toMatch(/Scored a row: \{"model":"weather","version":1/);
      expect(second.output).toContain("trained by an earlier start");
      const { json } = await second.call("GET", "/runs?usecase=weather", undefined, {
        "x-functions-key": second.info.functionKey,
      });
      expect(json.runs).toHaveLength(1);
      expect(second.info.functionKey).toBe(first.info.functionKey);
    } finally {
      await second.stop(true);
    }
  });

  it("uses its sample even if another file was rejected before", async () => {
    const state = path.join(folder, "rejected");
    const earlier = await RunningTidegate.start(["--no-demo"], { folder: state });
    await earlier.drop("datasets-inbox", "weather/wrong.csv", "a,b\n1,2\n");
    await earlier.until("/datasets?usecase=weather", ({ rejected }) => rejected.length === 1);
    await earlier.stop(true);
    const later = await RunningTidegate.start([], { folder: state });
    await later.stop(true);
    expect(later.output).toContain('Scored a row: {"model":"weather","version":1');
  });

  it("serves even if the run of its sample was cancelled, and says so", async () => {
    const state = path.join(folder, "cancelled");
    const earlier = await RunningTidegate.start(["--no-demo"], { folder: state });
    await earlier.drop("datasets-inbox", "weather/sample.csv.gz", await readFile("models/weather/sample.csv.gz"));
    await earlier.until("/runs/weather.data-v1", ({ id }) => id);
    const key = { "x-functions-key": earlier.info.masterKey };
    const by = { reason: "a test", actor: "Ann" };
    expect((await earlier.call("POST", "/runs/weather.data-v1/cancel", by, key)).status).toBe(200);
    await earlier.stop(true);
    const later = await RunningTidegate.start([], { folder: state });
    await later.stop(true);
    expect(later.output).toContain("No row was scored: run weather.data-v1 ended as cancelled");
  });

  it("shows its help", async () => {
    const { code, stdout } = await command(["--help"]);
    expect(code).toBe(0);
    for (const option of ["--port", "--state", "--no-demo", "--help"]) expect(stdout).toContain(option);
  });

  it("ends cleanly if Ctrl-C interrupts its training, having shown each step once and no 0/0", async () => {
    const args = ["dist/tools/start/main.js", "--port", "0", "--state", path.join(folder, "cut-short")];
    const child = spawn(process.execPath, args);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        output += chunk;
      });
    const exited = new Promise((resolve) => child.once("exit", resolve));
    try {
      await expect.poll(() => output, { timeout: 120_000 }).toContain("Training: ");
      child.kill("SIGINT");
      expect(await exited).toBe(0);
    } finally {
      child.kill("SIGKILL");
    }
    expect(output).toContain("Stopping ...");
    expect(output).not.toMatch(/did not start|fetch failed|does not answer|0\/0/);
    const steps = output.split("\n").filter((line) => line.startsWith("Training: "));
    expect(steps).toEqual([...new Set(steps)]);
  });

  it("stops everything when npm gets SIGTERM, which npm passes to its shell", async () => {
    const state = path.join(folder, "terminated");
    const args = ["start", "--", "--port", "0", "--no-demo", "--state", state];
    // the leader of a process group, so that all of it can be killed
    const npm = spawn("npm", args, { stdio: "ignore", detached: true });
    try {
      await expect.poll(() => readyInfo(state), { timeout: 120_000 }).toBeTruthy();
      const { url } = readyInfo(state)!;
      npm.kill("SIGTERM");
      await expect.poll(() => isListening(Number(new URL(url).port)), { timeout: 30_000 }).toBe(false);
      await expect.poll(() => existsSync(path.join(state, "lock")), { timeout: 30_000 }).toBe(false);
      expect(existsSync(path.join(state, "local.json"))).toBe(false);
    } finally {
      killGroup(npm.pid);
    }
  });

  it("ends when its worker has crashed three times, and says where to look", async () => {
    const tidegate = await RunningTidegate.start(["--no-demo"], { folder: path.join(folder, "crashing") });
    const killed: number[] = [];
    while (killed.length < 3) {
      const { workerPid } = await tidegate.until("/admin/host/status", (status) =>
        killed.includes(status.workerPid) ? undefined : status,
      );
      killed.push(workerPid);
      process.kill(workerPid, "SIGKILL");
    }
    expect(await tidegate.exited).toBe(1);
    expect(tidegate.output).toContain("Tidegate: The worker crashed 3 times");
    expect(tidegate.output).toContain(path.join(tidegate.folder, "host.log"));
  });

  it("leaves no state folder if a spec is invalid", async () => {
    const usecases = path.join(folder, "wrong");
    mkdirSync(path.join(usecases, "lots"), { recursive: true });
    writeFileSync(path.join(usecases, "lots", "usecase.json"), "{}");
    const state = path.join(folder, "never");
    const { code, stderr } = await command(["--port", "0", "--state", state], { TIDEGATE_USECASES: usecases });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/^Tidegate did not start: .*lots.usecase\.json is wrong/);
    expect(existsSync(state)).toBe(false);
  });

  it("fails with one sentence if the given port is busy", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const { code, stderr } = await command(["--port", String(port), "--state", path.join(folder, "busy")]);
    server.close();
    expect(code).not.toBe(0);
    expect(stderr).toMatch(new RegExp(`^Tidegate did not start: port ${port} is busy[^\n]*\n$`));
  });
});
