import { spawn } from "node:child_process";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { BlobServiceClient } from "@azure/storage-blob";
import { datasetsInbox, modelsInbox } from "../../shared/inbox/inboxes";
import { packageRoot } from "../../shared/packageRoot";
import { isFinal, type RunStatus } from "../../shared/training/runRecord";
import { loadUsecases, type Usecase } from "../../shared/usecase/loadUsecases";
import type { LocalInfo } from "../start/localState";
import { TidegateClient } from "../start/tidegateClient";
import { type UploadCase, writeUploads } from "./uploadFiles";
import { type ProbeTarget, probeWhile } from "./uploadProbe";

const help = `npm run bench:uploads -- [--only WORD]

Measures how oversized or malicious files affect scoring: each is dropped while single rows are scored and the
health endpoint is called. For each it shows the verdict, latencies, and the peak memory (of the worker and its
processes) and temporary space. Needs Linux, 4 GB of disk and some minutes; the last line is JSON.

  --only WORD   only the cases whose name contains the word
  --help        show this text`;

const usecaseName = "coffee-grade";
const settleMs = 5_000;
const limitMs = 900_000;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: "string", default: "" }, help: { type: "boolean" } } });
  if (values.help) return console.log(help);
  const root = packageRoot();
  const usecase = loadUsecases(path.join(root, "models")).get(usecaseName);
  if (usecase === undefined) throw new Error(`there is no use case ${usecaseName}`);
  const sample = readFileSync(path.join(usecase.folder, "sample.csv"), "utf8").trimEnd().split("\n");
  const folder = await mkdtemp(path.join(tmpdir(), "tidegate-uploads-"));
  const shape = { header: sample[0], row: (at: number) => sample[1 + (at % (sample.length - 1))] };
  const cases = await writeUploads(folder, shape, values.only);
  const state = path.join(folder, "state");
  const child = spawn(
    process.execPath,
    [path.join(root, "dist/tools/start/main.js"), "--port", "0", "--no-demo", "--state", state],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    const info = await ready(path.join(state, "local.json"));
    console.log(JSON.stringify(await measureCases(info, usecase, cases)));
  } finally {
    child.kill("SIGINT");
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each case, and before them a time in which nothing is dropped; prints each result as soon as it is there. */
async function measureCases(info: LocalInfo, { spec, folder }: Usecase, cases: UploadCase[]): Promise<object[]> {
  const drop = dropper(info);
  await drop("dataset", "sample.csv", path.join(folder, "sample.csv"));
  const version = await firstVersion(info);
  const target: ProbeTarget = { ...info, model: spec.name, version, body: JSON.stringify({ rows: [spec.example] }) };
  const results: object[] = [];
  for (const one of [undefined, ...cases]) {
    const started = performance.now();
    const work = () => (one ? outcome(info, drop, one) : pause(settleMs, "nothing"));
    const { value: verdict, probe } = await probeWhile(target, work);
    const seconds = Math.round((performance.now() - started) / 1000);
    const result = { case: one?.name ?? "nothing dropped", seconds, ...probe, verdict };
    console.log(JSON.stringify(result));
    results.push(result);
    await pause(settleMs);
  }
  return results;
}

async function ready(file: string): Promise<LocalInfo> {
  for (;;) {
    if (existsSync(file)) {
      const info = JSON.parse(readFileSync(file, "utf8")) as LocalInfo;
      if (info.ready) return info;
    }
    await pause(200);
  }
}

function dropper(info: LocalInfo) {
  const service = BlobServiceClient.fromConnectionString(info.storage);
  return async (kind: UploadCase["kind"], name: string, file: string) => {
    const container = service.getContainerClient(kind === "dataset" ? datasetsInbox : modelsInbox);
    await container.createIfNotExists();
    const folder = kind === "dataset" ? usecaseName : "wide";
    await container.getBlockBlobClient(`${folder}/${name}`).uploadStream(createReadStream(file));
  };
}

async function firstVersion(info: LocalInfo): Promise<number> {
  for (;;) {
    const { runs = [] } = (await new TidegateClient(info).get<{ runs: Run[] }>(`/runs?usecase=${usecaseName}`)) ?? {};
    if (runs[0]?.version !== undefined) return runs[0].version;
    await pause(500);
  }
}

interface Run {
  id: string;
  status: RunStatus;
  version?: number;
  message?: string;
}

/** Drops the file and waits until it is refused, or until it is accepted and its run has ended. */
async function outcome(info: LocalInfo, drop: ReturnType<typeof dropper>, { kind, file }: UploadCase): Promise<string> {
  const client = new TidegateClient(info);
  const since = new Date().toISOString();
  await drop(kind, path.basename(file), file);
  const until = performance.now() + limitMs;
  while (performance.now() < until) {
    const asked = kind === "dataset" ? datasetVerdict(client, path.basename(file)) : modelVerdict(client, since);
    const found = await asked.catch(() => undefined); // if the service is blocked, try again
    if (found !== undefined) return found;
    await pause(500);
  }
  return `no verdict within ${limitMs / 1000} s`;
}

async function datasetVerdict(client: TidegateClient, name: string): Promise<string | undefined> {
  type Listed = { file: string; version: number; rowCount: number; reasons: { message: string }[] };
  const listed = await client.get<{ datasets: Listed[]; rejected: Listed[] }>(`/datasets?usecase=${usecaseName}`);
  const refused = listed?.rejected.find(({ file }) => file === name);
  if (refused) return `refused: ${refused.reasons[0].message}`;
  const accepted = listed?.datasets.find(({ file }) => file === name);
  if (accepted === undefined) return undefined;
  const { runs = [] } = (await client.get<{ runs: Run[] }>(`/runs?usecase=${usecaseName}`)) ?? {};
  const run = runs.find(({ id }) => id === `${usecaseName}.data-v${accepted.version}`);
  if (run === undefined || !isFinal(run.status)) return undefined;
  return `accepted: ${accepted.rowCount} rows; run ${run.status}${run.message ? `: ${run.message}` : ""}`;
}

async function modelVerdict(client: TidegateClient, since: string): Promise<string | undefined> {
  type Entry = { action: string; at: string; reason?: string };
  const { entries = [] } = (await client.get<{ entries: Entry[] }>("/audit/wide?limit=5")) ?? {};
  const found = entries.find(({ action, at }) => at >= since && /rejected|registered/.test(action));
  return found && `${found.action}${found.reason ? `: ${found.reason}` : ""}`;
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
