import { fork } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { BlobServiceClient } from "@azure/storage-blob";
import { messageOf } from "../../shared/errors";
import { ownValue } from "../../shared/ownValue";
import { packageRoot } from "../../shared/packageRoot";
import type { ModelVersion } from "../../shared/registry/modelVersion";
import { loadUsecases, type Usecase } from "../../shared/usecase/loadUsecases";
import { startHost } from "../host/host";
import { runDemo } from "../start/demo";
import { startStorageEmulator } from "../start/storageEmulator";
import { TidegateClient } from "../start/tidegateClient";
import { type LoadResult, runLoad } from "./loadClient";

const help = `npm run bench:score -- [--seconds N] [--rounds N]

Measures requests and rows per second of the scoring endpoint on the development host, with telemetry (to a local
stub) and capture on, and compares them with an empty @azure/functions handler on the same host and with a bare
node:http server that calls session.run on the same model. All three take turns in one run. The last line is JSON
with medians over the rounds, including request latencies (p50, p99).

  --seconds N   length of one measurement (default 3)
  --rounds N    number of measurements of each (default 3)
  --help        show this text`;

const keys = { master: "bench-master-key-0000", function: "bench-function-key-0000" };

const cases = [
  { rows: 1, connections: 1 },
  { rows: 1, connections: 16 },
  { rows: 100, connections: 1 },
  { rows: 100, connections: 16 },
];

interface Target {
  name: "tidegate" | "emptyHandler" | "bare";
  port: number;
  path: string;
  headers: Record<string, string>;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string", default: "3" },
      rounds: { type: "string", default: "3" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return console.log(help);
  const folder = await mkdtemp(path.join(tmpdir(), "tidegate-bench-"));
  const cleanUp: CleanUp = [() => rm(folder, { recursive: true, force: true })];
  try {
    const { targets, body } = await startTargets(folder, cleanUp);
    const results = [];
    for (const { rows, connections } of cases)
      results.push(
        await compare(targets, body(rows), rows, connections, Number(values.seconds), Number(values.rounds)),
      );
    console.log(JSON.stringify(results));
  } finally {
    for (const step of cleanUp.reverse()) await step();
  }
}

type CleanUp = (() => Promise<unknown> | unknown)[];

async function startTargets(folder: string, cleanUp: CleanUp) {
  const root = packageRoot();
  const usecase = [...loadUsecases(path.join(root, "models")).values()].find(({ spec }) => spec.sample !== undefined);
  if (usecase === undefined) throw new Error("no use case has a sample on which to train the bench's model");
  const emulator = await startStorageEmulator(path.join(folder, "azurite"));
  cleanUp.push(() => emulator.stop());
  const storage = emulator.connectionString;
  const { tidegate, empty } = await startHosts(root, storage, cleanUp);
  const version = await trainModel(usecase, tidegate.url, storage);
  const barePort = await startBare(version, storage, folder, cleanUp);
  const row = version.signature.features.map(({ name }) => ownValue(usecase.spec.example ?? {}, name) ?? null);
  const headers = { "x-functions-key": keys.function, "content-type": "application/json" };
  const targets: Target[] = [
    {
      name: "tidegate",
      port: tidegate.port,
      path: `/score/${version.model}`,
      headers: { ...headers, "x-tidegate-version": String(version.version) },
    },
    { name: "emptyHandler", port: empty.port, path: "/empty", headers },
    { name: "bare", port: barePort, path: "/", headers },
  ];
  return { targets, body: (rows: number) => JSON.stringify({ data: new Array(rows).fill(row) }) };
}

/** The development host with Tidegate on it, and another one with an empty handler. */
async function startHosts(root: string, storage: string, cleanUp: CleanUp) {
  const settings = {
    AzureWebJobsStorage: storage,
    APPLICATIONINSIGHTS_CONNECTION_STRING: "InstrumentationKey=00000000-0000-0000-0000-000000000000",
    TIDEGATE_INGESTION_URL: await startIngestionStub(cleanUp),
    TIDEGATE_EMIT_REQUESTS: "1",
  };
  const tidegate = await startHost({ appDir: root, port: 0, settings, keys, log: () => {} });
  cleanUp.push(() => tidegate.stop());
  const empty = await startHost({
    appDir: path.join(root, "tools/bench/emptyApp"),
    port: 0,
    settings: { AzureWebJobsStorage: storage },
    keys,
    hostId: "emptyapp",
    log: () => {},
  });
  cleanUp.push(() => empty.stop());
  return { tidegate, empty };
}

/** Trains on the use case's sample; returns the version that the run registered. */
async function trainModel(usecase: Usecase, url: string, storage: string): Promise<ModelVersion> {
  const info = { url, functionKey: keys.function, masterKey: keys.master, storage, usecases: [], ready: true };
  const outcome = await runDemo(usecase, info, (line) => console.error(line));
  const place = `/models/${usecase.spec.name}/versions/${outcome?.version}`;
  const version = await new TidegateClient(info).get<ModelVersion>(place);
  if (version === undefined) throw new Error(`${place} was not found`);
  return version;
}

async function startBare(version: ModelVersion, storage: string, folder: string, cleanUp: CleanUp): Promise<number> {
  const blob = BlobServiceClient.fromConnectionString(storage)
    .getContainerClient("models")
    .getBlobClient(`${version.model}/sha256/${version.sha256}.onnx`);
  const file = path.join(folder, "model.onnx");
  await writeFile(file, await blob.downloadToBuffer());
  const positions = (type: string) =>
    JSON.stringify(version.signature.features.flatMap((feature, at) => (feature.type === type ? [at] : [])));
  const child = fork(path.join(__dirname, "bareServer.js"), [file, positions("number"), positions("category")]);
  cleanUp.push(() => child.disconnect());
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve((message as { port: number }).port));
    child.once("exit", () => reject(new Error("the bare server ended")));
  });
}

/** Discards telemetry, with the answers of the real ingestion endpoint. */
function startIngestionStub(cleanUp: CleanUp): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.end('{"itemsReceived":1,"itemsAccepted":1,"errors":[]}'));
  });
  cleanUp.push(() => server.close());
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`);
    });
  });
}

async function compare(
  targets: Target[],
  body: string,
  rows: number,
  connections: number,
  seconds: number,
  rounds: number,
) {
  const measured = new Map<string, LoadResult[]>(targets.map(({ name }) => [name, []]));
  for (const target of targets) await runLoad({ ...target, body, connections, seconds: 1 }); // warm-up
  for (let round = 0; round < rounds; round++)
    for (const target of targets)
      measured.get(target.name)?.push(await runLoad({ ...target, body, connections, seconds }));
  const of = (name: string, figure: keyof LoadResult) => median((measured.get(name) ?? []).map((one) => one[figure]));
  const rate = (name: string) => of(name, "requestsPerSecond");
  const latency = (name: string) => ({ p50Ms: round3(of(name, "medianMs")), p99Ms: round3(of(name, "p99Ms")) });
  const ratio = (peer: string) =>
    median(
      (measured.get("tidegate") ?? []).map(
        (one, i) => one.requestsPerSecond / (measured.get(peer) ?? [])[i].requestsPerSecond,
      ),
    );
  const result = {
    rows,
    connections,
    requestsPerSecond: Math.round(rate("tidegate")),
    rowsPerSecond: Math.round(rate("tidegate") * rows),
    ...latency("tidegate"),
    errors: (measured.get("tidegate") ?? []).reduce((sum, { errors }) => sum + errors, 0),
    emptyHandler: { requestsPerSecond: Math.round(rate("emptyHandler")), ...latency("emptyHandler") },
    bare: { requestsPerSecond: Math.round(rate("bare")), ...latency("bare") },
    shareOfEmptyHandler: round3(ratio("emptyHandler")),
    shareOfBare: round3(ratio("bare")),
  };
  console.error(result);
  return result;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function round3(value: number): number {
  return Math.round(value * 1000) / 1000;
}

main().catch((error) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
