import { createBlobStore } from "../../shared/azure/blobs";
import { connectStorage } from "../../shared/azure/connection";
import { captureContainer, InferenceLog } from "../../shared/capture/inferenceLog";
import { seededRandom } from "../../shared/math/seededRandom";
import { trainingProfile } from "../../shared/monitoring/trainingProfile";
import type { ModelSignature } from "../../shared/onnx/signature";
import { dayMs, hourMs } from "../../shared/time";

const numberColumns = 7;
const levels = ["clear", "rain", "snow"];
export const columnCount = numberColumns + 1;
export const benchModel = "bench";

const to = Date.parse("2026-03-15T10:00:00Z");
/** the window, epoch ms: days of two months, and hours of two days */
export const fourWeeks = { from: to - 28 * dayMs, to };

const slots = [
  ...Array.from({ length: numberColumns }, (_, index) => ({
    name: `f${index}`,
    type: "number" as const,
    nullable: true,
    input: "numbers",
    index,
  })),
  { name: "state", type: "category" as const, nullable: true, input: "categories", index: 0 },
];

/** Of the version that answered. */
export const benchSignature: ModelSignature = {
  inputs: [],
  outputs: [],
  features: slots,
  classes: ["dry", "wet"],
  labelOutput: "label",
  probabilityOutput: "probabilities",
};

/** The profile of the version's training rows. */
export function benchTraining() {
  const random = seededRandom(2);
  const rows = Array.from({ length: 10_000 }, () => row(random));
  return trainingProfile({
    rowCount: rows.length,
    numbers: slots
      .slice(0, numberColumns)
      .map(({ name, index }) => ({ name, values: Float32Array.from(rows, (cells) => cells[index] as number) })),
    categories: [
      {
        name: "state",
        levels,
        codes: Int32Array.from(rows, (cells) => levels.indexOf(cells[numberColumns] as string)),
      },
    ],
  });
}

/** Storage of a connection string. */
export function blobsOf(storage: string) {
  return createBlobStore(connectStorage({ kind: "connectionString", connectionString: storage }).blobs);
}

/** Captures random rows as the scoring endpoint does, spread over the window; returns the size of the log in bytes. */
export async function captureRows(storage: string, rows: number, rowsPerRequest: number): Promise<number> {
  const blobs = blobsOf(storage);
  const clock = { time: fourWeeks.from, now: () => new Date(clock.time) };
  const reports = { lost: fail, failed: (reason: string) => fail(0, reason), written: () => {} };
  const log = new InferenceLog({ blobs, clock, instance: "bench", reports, maxPendingBytes: 2 ** 32 });
  const random = seededRandom(1);
  const hours = (fourWeeks.to - fourWeeks.from) / hourMs;
  const requests = Math.ceil(rows / rowsPerRequest);
  for (let request = 0, hour = 0; request < requests; request++) {
    log.record(entry(random, Math.min(rowsPerRequest, rows - request * rowsPerRequest)));
    const next = Math.floor(((request + 1) * hours) / requests);
    if (next === hour) continue;
    await log.flush();
    hour = next;
    clock.time = fourWeeks.from + hour * hourMs;
  }
  await log.close();
  let bytes = 0;
  for await (const { sizeBytes } of blobs.list(captureContainer, `${benchModel}/`)) bytes += sizeBytes;
  return bytes;
}

function entry(random: () => number, rows: number) {
  const data = Array.from({ length: rows }, () => row(random));
  const probability = Array.from(data, () => Math.fround(0.5 + random() / 2));
  const outputs = JSON.stringify({ label: Array.from(data, () => "dry"), probability });
  const answered = { id: "0172ad90-a1d5-4c88-b9f2-3c8ad39969af", model: benchModel, version: 1, status: 200, rows };
  const inputs = JSON.stringify({ data });
  return { ...answered, latencyMs: 0.321, route: "champion", format: "plain", inputs, outputs };
}

function fail(count: number, reason: string): never {
  throw new Error(`${count} records were lost: ${reason}`);
}

function row(random: () => number): (number | string)[] {
  const numbers = Array.from(
    { length: numberColumns },
    () => Math.round((random() + random() + random()) * 1000) / 100,
  );
  return [...numbers, levels[Math.floor(random() * levels.length)]];
}
