import { readCaptureLine } from "../../shared/capture/captureLine";
import { captureContainer } from "../../shared/capture/inferenceLog";
import { CaptureWindows } from "../../shared/capture/windows/captureWindows";
import { compareProfiles } from "../../shared/monitoring/drift";
import { driftSettings } from "../../shared/monitoring/driftSettings";
import type { BlobStore } from "../../shared/ports";
import { capturedBodies } from "../../shared/serving/wire/registry";
import { benchModel, benchSignature, benchTraining, blobsOf } from "./driftLog";

/** What a measuring process does. */
export interface DriftJob {
  storage: string;
  /** drift: compares a window with the training profile; limit: reads the same bytes and parses each body */
  mode: "drift" | "limit";
  /** the window, epoch ms */
  from: number;
  to: number;
}

export interface DriftMeasure {
  seconds: number;
  /** of this process, however busy the machine is */
  processorSeconds: number;
  peakMb: number;
  facts: Record<string, number | string>;
}

/** Does a job; seconds without what the process needs to start. */
export async function measureDrift(job: DriftJob): Promise<DriftMeasure> {
  const blobs = blobsOf(job.storage);
  const training = benchTraining();
  for await (const _blob of blobs.list(captureContainer, "connect/")); // the first request opens the connection
  const started = performance.now();
  const before = process.cpuUsage();
  const facts = job.mode === "drift" ? await drift(blobs, training, job) : await readAndParse(blobs);
  const seconds = Math.round(performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  const processorSeconds = Math.round((user + system) / 1000) / 1000;
  return { seconds, processorSeconds, peakMb: Math.round(process.resourceUsage().maxRSS / 1024), facts };
}

async function drift(blobs: BlobStore, training: ReturnType<typeof benchTraining>, { from, to }: DriftJob) {
  let objectsRead = 0;
  const counting: BlobStore = {
    ...blobs,
    read: (...blob) => {
      objectsRead++;
      return blobs.read(...blob);
    },
  };
  const windows = new CaptureWindows({
    blobs: counting,
    model: benchModel,
    version: 1,
    signature: benchSignature,
    training,
    columns: { known: new Set(), unreadable: new Set() },
    bodies: capturedBodies,
    signatureOf: async () => benchSignature,
  });
  const { inputs, rows } = await windows.read({ from: new Date(from), to: new Date(to) });
  const { verdict } = compareProfiles(training, inputs, driftSettings.parse({}));
  return { rows, verdict, objectsRead };
}

/** The lower bound of whatever counts rows for the first time. */
async function readAndParse(blobs: BlobStore) {
  let rows = 0;
  for await (const { name, sizeBytes } of blobs.list(captureContainer, `${benchModel}/`)) {
    let rest = "";
    for await (const piece of await blobs.stream(captureContainer, name, 0, sizeBytes)) {
      const text = rest + Buffer.from(piece).toString("latin1");
      const end = text.lastIndexOf("\n") + 1;
      for (const line of text.slice(0, end).split("\n")) if (line !== "") rows += rowsIn(line);
      rest = text.slice(end);
    }
  }
  return { rows };
}

function rowsIn(line: string): number {
  const { inputs = "{}", outputs = "{}" } = readCaptureLine(line) ?? {};
  JSON.parse(outputs);
  return (JSON.parse(inputs) as { data: unknown[] }).data.length;
}
