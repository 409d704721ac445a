import { captureLine } from "../../shared/capture/captureLine";
import { captureContainer } from "../../shared/capture/inferenceLog";
import { trafficContainer, trafficEntry } from "../../shared/capture/trafficIndex";
import { CaptureWindows } from "../../shared/capture/windows/captureWindows";
import { trainingProfile } from "../../shared/monitoring/trainingProfile";
import { readSignature } from "../../shared/onnx/signature";
import type { BlobStore } from "../../shared/ports";
import { capturedBodies } from "../../shared/serving/wire/registry";
import { hourPath } from "../../shared/time";

/** A model with a number and a category, and two classes. */
export const pearSignature = readSignature(
  {
    inputs: [
      { name: "numbers", datatype: "FP32", shape: [-1, 1] },
      { name: "categories", datatype: "BYTES", shape: [-1, 1] },
    ],
    outputs: [
      { name: "label", datatype: "BYTES", shape: [-1] },
      { name: "probabilities", datatype: "FP32", shape: [-1, 2] },
    ],
  },
  [
    { name: "size", type: "number", nullable: true, domain: { min: 0, max: 100, sentinels: [-1] } },
    { name: "colour", type: "category", nullable: true },
  ],
  ["raw", "ripe"],
);

export const pearTraining = trainingProfile({
  rowCount: 100,
  numbers: [{ name: "size", values: Float32Array.from({ length: 100 }, (_, i) => i % 10) }],
  categories: [{ name: "colour", levels: ["blue", "red"], codes: Int32Array.from({ length: 100 }, (_, i) => i % 2) }],
});

export type PearRow = [size: number | null, colour: string | null];

/** Where a request stands in the log, and what differs from a usual one. */
export interface LoggedRequest {
  model: string;
  version?: number;
  /** ISO */
  at: string;
  process?: string;
  sequence?: number;
  rows?: PearRow[];
  /** the body, where it is not rows */
  inputs?: string;
  outputs?: string;
  status?: number;
}

/** The line of a request, as the inference log writes it. */
export function loggedLine(request: LoggedRequest): string {
  const { model, version = 1, at, process = "one", sequence = 1, rows = [[1, "red"]], status = 200 } = request;
  const data = rows;
  const ripe = { label: rows.map(() => "ripe"), probability: rows.map(() => 0.75) };
  const { inputs = JSON.stringify({ data }), outputs = JSON.stringify(ripe) } = request;
  const entry = {
    id: "a",
    model,
    version,
    status,
    latencyMs: 1,
    rows: rows.length,
    route: "champion",
    format: "plain",
  };
  return captureLine({ ...entry, inputs, outputs }, { model, time: new Date(at), instance: process, sequence }, 1e6);
}

/** Appends requests to the log, one append for each. */
export async function logRequests(blobs: BlobStore, requests: LoggedRequest[]): Promise<void> {
  for (const request of requests) {
    const { model, version = 1, at, process = "one" } = request;
    const hour = hourPath(new Date(at));
    await blobs.create(trafficContainer, trafficEntry(`${model}/v${version}`, hour), "");
    const name = `${model}/v${version}/${hour}/${process}.jsonl`;
    await blobs.append(captureContainer, name, Buffer.from(loggedLine(request)));
  }
}

/** The windows of a model as version `version` counts them, in the bins of the pears. */
export function pearWindows(blobs: BlobStore, model: string, version = 1): CaptureWindows {
  return new CaptureWindows({
    blobs,
    model,
    version,
    signature: pearSignature,
    training: pearTraining,
    columns: { known: new Set(), unreadable: new Set() },
    bodies: capturedBodies,
    signatureOf: async () => pearSignature,
  });
}

/** A store that counts what is asked of it by method, and by the folder of what is read and written. */
export function countingStore(blobs: BlobStore) {
  const calls: Record<string, number> = {};
  const note = (what: string) => {
    calls[what] = (calls[what] ?? 0) + 1;
  };
  const kindOf = (name: string) => name.split("/")[2];
  const store: BlobStore = {
    ...blobs,
    read: (container, name, offset) => {
      note(`read ${kindOf(name)}`);
      return blobs.read(container, name, offset);
    },
    write: (container, name, content, type) => {
      note(`write ${kindOf(name)}`);
      return blobs.write(container, name, content, type);
    },
    list: (container, prefix) => {
      note("list");
      return blobs.list(container, prefix);
    },
    stream: (...range) => {
      note("stream");
      return blobs.stream(...range);
    },
  };
  return { store, calls };
}
