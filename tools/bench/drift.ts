import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { createBlobStore } from "../../shared/azure/blobs";
import { connectStorage } from "../../shared/azure/connection";
import { captureContainer, InferenceLog } from "../../shared/capture/inferenceLog";
import { rollUpCapture } from "../../shared/capture/rollUp";
import { messageOf } from "../../shared/errors";
import { seededRandom } from "../../shared/math/seededRandom";
import { compareProfiles } from "../../shared/monitoring/drift";
import { driftSettings } from "../../shared/monitoring/driftSettings";
import { trainingProfile } from "../../shared/monitoring/trainingProfile";
import type { ModelSignature } from "../../shared/onnx/signature";
import { capturedRows } from "../../shared/serving/wire/registry";
import { hourMs } from "../../shared/time";
import { startStorageEmulator } from "../start/storageEmulator";

const help = `npm run bench:drift -- [--rows N]

Measures time and peak memory of a drift run over captured rows, first when all of them are new and then when they
are already rolled up, for requests of 100 rows and of 1 row. For comparison it measures the lower bound: only
reading the same bytes and parsing each line. The last line is JSON.

  --rows N   captured rows (default 1000000)
  --help     show this text`;

const columns = 7;
const levels = ["clear", "rain", "snow"];
const settings = driftSettings.parse({});

const slots = [
  ...Array.from({ length: columns }, (_, index) => ({
    name: `f${index}`,
    type: "number" as const,
    nullable: true,
    input: "numbers",
    index,
  })),
  { name: "state", type: "category" as const, nullable: true, input: "categories", index: 0 },
];
const signature: ModelSignature = { inputs: [], outputs: [], features: slots };

interface Job {
  storage: string;
  model: string;
  mode: "drift" | "limit";
}

async function main(): Promise<void> {
  if (process.send) return process.on("message", (job: Job) => void measure(job)) as never;
  const { values } = parseArgs({
    options: { rows: { type: "string", default: "1000000" }, help: { type: "boolean" } },
  });
  if (values.help) return console.log(help);
  const rows = Number(values.rows);
  const folder = await mkdtemp(path.join(tmpdir(), "tidegate-bench-"));
  const emulator = await startStorageEmulator(folder);
  try {
    const results = [];
    for (const rowsPerRequest of [100, 1]) {
      const model = `rows-${rowsPerRequest}`;
      console.error(`capturing ${rows} rows in requests of ${rowsPerRequest} ...`);
      const captured = await capture(emulator.connectionString, model, rows, rowsPerRequest);
      const limit = await inChild({ storage: emulator.connectionString, model, mode: "limit" });
      const first = await inChild({ storage: emulator.connectionString, model, mode: "drift" });
      const second = await inChild({ storage: emulator.connectionString, model, mode: "drift" });
      const result = {
        rows,
        rowsPerRequest,
        capturedMb: Math.round(captured / 2 ** 20),
        first,
        second,
        readAndParseOnly: limit,
      };
      console.error(result);
      results.push(result);
    }
    console.log(JSON.stringify(results));
  } finally {
    await emulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Captures random rows as the scoring endpoint does; returns the size of the log in bytes. */
async function capture(storage: string, model: string, rows: number, rowsPerRequest: number): Promise<number> {
  const blobs = blobsOf(storage);
  const log = new InferenceLog({
    blobs,
    clock: { now: () => new Date() },
    instance: "bench",
    reports: { lost: fail, failed: (reason) => fail(0, reason), written: () => {} },
    maxPendingBytes: 2 ** 32,
  });
  const random = seededRandom(1);
  const outputs = JSON.stringify({
    label: new Array(rowsPerRequest).fill("dry"),
    probability: new Array(rowsPerRequest).fill(0.9123456),
  });
  for (let done = 0; done < rows; done += rowsPerRequest) {
    const data = Array.from({ length: rowsPerRequest }, () => row(random));
    const inputs = JSON.stringify({ data });
    log.record({
      id: "0172ad90-a1d5-4c88-b9f2-3c8ad39969af",
      model,
      version: 1,
      status: 200,
      latencyMs: 0.321,
      rows: rowsPerRequest,
      route: "champion",
      format: "plain",
      inputs,
      outputs,
    });
    if (done % 20_000 === 0) await log.flush();
  }
  await log.close();
  let bytes = 0;
  for await (const { sizeBytes } of blobs.list(captureContainer, `${model}/`)) bytes += sizeBytes;
  return bytes;
}

function fail(count: number, reason: string): never {
  throw new Error(`${count} records were lost: ${reason}`);
}

function row(random: () => number): (number | string)[] {
  const numbers = Array.from({ length: columns }, () => Math.round((random() + random() + random()) * 1000) / 100);
  return [...numbers, levels[Math.floor(random() * levels.length)]];
}

function blobsOf(storage: string) {
  return createBlobStore(connectStorage({ kind: "connectionString", connectionString: storage }).blobs);
}

function inChild(job: Job): Promise<{ seconds: number; peakMb: number }> {
  const child = fork(__filename);
  child.send(job);
  return new Promise((resolve, reject) => {
    child.once("message", (message) => {
      child.disconnect();
      resolve(message as { seconds: number; peakMb: number });
    });
    child.once("exit", (code) => reject(new Error(`the measuring process ended with code ${code}`)));
  });
}

async function measure({ storage, model, mode }: Job): Promise<void> {
  const blobs = blobsOf(storage);
  const started = performance.now();
  const facts = mode === "drift" ? await drift(blobs, model) : await readAndParse(blobs, model);
  const seconds = Math.round(performance.now() - started) / 1000;
  process.send?.({ seconds, peakMb: Math.round(process.resourceUsage().maxRSS / 1024), ...facts });
}

async function drift(blobs: ReturnType<typeof blobsOf>, model: string) {
  const random = seededRandom(2);
  const rows = Array.from({ length: 10_000 }, () => row(random));
  const training = trainingProfile({
    rowCount: rows.length,
    numbers: slots
      .slice(0, columns)
      .map(({ name, index }) => ({ name, values: Float32Array.from(rows, (cells) => cells[index] as number) })),
    categories: [
      { name: "state", levels, codes: Int32Array.from(rows, (cells) => levels.indexOf(cells[columns] as string)) },
    ],
  });
  const now = new Date();
  const from = new Date(now.getTime() - settings.windowHours * hourMs);
  const { profile, rows: seen } = await rollUpCapture({
    blobs,
    model,
    version: 1,
    signature,
    training,
    rowsOf: capturedRows,
    from,
    to: now,
  });
  const { verdict } = compareProfiles(training, profile, settings);
  return { rows: seen, verdict };
}

/** The lower bound of any drift run: reads the bytes and parses each line as JSON. */
async function readAndParse(blobs: ReturnType<typeof blobsOf>, model: string) {
  let lines = 0;
  for await (const { name, sizeBytes } of blobs.list(captureContainer, `${model}/`)) {
    let rest = "";
    for await (const piece of await blobs.stream(captureContainer, name, 0, sizeBytes)) {
      const text = rest + Buffer.from(piece).toString("latin1");
      const end = text.lastIndexOf("\n") + 1;
      for (const line of text.slice(0, end).split("\n")) if (line !== "" && JSON.parse(line)) lines++;
      rest = text.slice(end);
    }
  }
  return { lines };
}

main().catch((error) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
