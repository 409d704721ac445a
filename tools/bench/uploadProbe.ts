import { readdirSync, readFileSync, statSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** How the service responded while some work was done. */
export interface ProbeResult {
  scoreP50Ms: number;
  scoreP99Ms: number;
  healthMaxMs: number;
  failed: number;
  /** resident memory of the worker and the processes it started */
  memoryMb: number;
  /** size of the folders in which datasets are unpacked */
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

/** Scores single rows and calls the health endpoint, each as soon as its last answer is there, until `work` ends. */
export async function probeWhile<T>(
  target: ProbeTarget,
  work: () => Promise<T>,
): Promise<{ value: T; probe: ProbeResult }> {
  const probe = new Probe();
  const key = { "x-functions-key": target.functionKey, "content-type": "application/json" };
  const pin = { "x-tidegate-version": String(target.version) };
  const score = () => timed("POST", `${target.url}/score/${target.model}`, { ...key, ...pin }, target.body);
  const health = () => timed("GET", `${target.url}/health`, {});
  const probing = [probe.repeat(score, probe.scores), probe.repeat(health, probe.healths), probe.watch()];
  try {
    const value = await work();
    probe.done = true;
    await Promise.all(probing);
    return { value, probe: probe.result() };
  } finally {
    probe.done = true;
  }
}

/** Collects what is measured until `done`. */
class Probe {
  done = false;
  readonly scores: number[] = [];
  readonly healths: number[] = [];
  private failed = 0;
  private memoryBytes = 0;
  private tempBytes = 0;

  async repeat(request: () => Promise<number>, latencies: number[]): Promise<void> {
    while (!this.done) {
      const ms = await request().catch(() => undefined);
      if (ms === undefined) this.failed++;
      else latencies.push(ms);
      await pause(everyMs);
    }
  }

  async watch(): Promise<void> {
    while (!this.done) {
      this.memoryBytes = Math.max(this.memoryBytes, workerMemory());
      this.tempBytes = Math.max(this.tempBytes, tempBytes());
      await pause(100);
    }
  }

  result(): ProbeResult {
    const mb = (bytes: number) => Math.round(bytes / 2 ** 20);
    return {
      scoreP50Ms: quantile(this.scores, 0.5),
      scoreP99Ms: quantile(this.scores, 0.99),
      healthMaxMs: quantile(this.healths, 1),
      failed: this.failed,
      memoryMb: mb(this.memoryBytes),
      tempMb: mb(this.tempBytes),
    };
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

/** Resident bytes of those descendants of this process that run the functions (Linux). */
function workerMemory(): number {
  const processes = new Map<number, { parent: number; command: string; bytes: number }>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8").split(") ")[1].split(" ");
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8");
      processes.set(Number(name), { parent: Number(stat[1]), command, bytes: Number(stat[21]) * 4096 });
    } catch {
      // the process ended while it was being read
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
    return 0; // removed while it was being read
  }
}
