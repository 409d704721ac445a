import { readdirSync, readFileSync, statSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** How the service fared while something happened. */
export interface ProbeResult {
  scoreP50Ms: number;
  scoreP99Ms: number;
  healthMaxMs: number;
  failed: number;
  /** resident memory of the worker and the processes it started */
  memoryMb: number;
  /** of the folders that datasets are unpacked in */
  tempMb: number;
}

export interface ProbeTarget {
  url: string;
  functionKey: string;
  model: string;
  version: number;
  body: string;
}

const everyMs = 25;

/** Scores one row and asks for health side by side, each when the answer before it has come, until `work` ends. */
export async function probeWhile<T>(
  target: ProbeTarget,
  work: () => Promise<T>,
): Promise<{ value: T; probe: ProbeResult }> {
  const state = { done: false, failed: 0, memory: 0, temp: 0 };
  const scores: number[] = [];
  const healths: number[] = [];
  const key = { "x-functions-key": target.functionKey, "content-type": "application/json" };
  const pin = { "x-tidegate-version": String(target.version) };
  const score = () => timed("POST", `${target.url}/score/${target.model}`, { ...key, ...pin }, target.body);
  const health = () => timed("GET", `${target.url}/health`, {});
  const repeat = async (ask: () => Promise<number>, into: number[]) => {
    while (!state.done) {
      const ms = await ask().catch(() => undefined);
      if (ms === undefined) state.failed++;
      else into.push(ms);
      await pause(everyMs);
    }
  };
  const watch = async () => {
    while (!state.done) {
      state.memory = Math.max(state.memory, workerMemory());
      state.temp = Math.max(state.temp, tempBytes());
      await pause(100);
    }
  };
  const probing = [repeat(score, scores), repeat(health, healths), watch()];
  try {
    const value = await work();
    state.done = true;
    await Promise.all(probing);
    const mb = (bytes: number) => Math.round(bytes / 2 ** 20);
    const probe = {
      scoreP50Ms: quantile(scores, 0.5),
      scoreP99Ms: quantile(scores, 0.99),
      healthMaxMs: quantile(healths, 1),
      failed: state.failed,
      memoryMb: mb(state.memory),
      tempMb: mb(state.temp),
    };
    return { value, probe };
  } finally {
    state.done = true;
  }
}

const agent = new Agent({ keepAlive: true });

function timed(method: string, url: string, headers: Record<string, string>, body = ""): Promise<number> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const length = body === "" ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const asked = request(url, { method, headers: { ...headers, ...length }, agent, timeout: 600_000 }, (response) => {
      response.resume();
      response.on("end", () => {
        if (response.statusCode === 200) resolve(performance.now() - started);
        else reject(new Error(`status ${response.statusCode}`));
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(10 * (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN)) / 10;
}

/** Resident bytes of this process's descendants that run the functions (Linux). */
function workerMemory(): number {
  const processes = new Map<number, { parent: number; command: string; bytes: number }>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8").split(") ")[1].split(" ");
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8");
      processes.set(Number(name), { parent: Number(stat[1]), command, bytes: Number(stat[21]) * 4096 });
    } catch {
      // it ended while it was looked at
    }
  }
  const isOurs = (pid: number): boolean => {
    const found = processes.get(pid);
    return found !== undefined && (found.parent === process.pid || isOurs(found.parent));
  };
  const isWorker = (pid: number): boolean => {
    const found = processes.get(pid);
    if (found === undefined) return false;
    return found.command.includes("host/worker") || isWorker(found.parent);
  };
  let bytes = 0;
  for (const [pid, found] of processes) if (isOurs(pid) && isWorker(pid)) bytes += found.bytes;
  return bytes;
}

function tempBytes(): number {
  let bytes = 0;
  for (const name of readdirSync(tmpdir()))
    if (name.startsWith("tidegate-sql-")) bytes += sizeOf(path.join(tmpdir(), name));
  return bytes;
}

function sizeOf(folder: string): number {
  try {
    return readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
  } catch {
    return 0; // removed while it was looked at
  }
}
