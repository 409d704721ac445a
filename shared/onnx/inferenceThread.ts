import { parentPort, workerData } from "node:worker_threads";
import { toFailure } from "../errors";
import type { RuntimeModel } from "../ports";
import { type InferenceJob, type InferenceReply, threadState } from "./inferenceJobs";
import { createOnnxRuntime } from "./runtime";
import type { ModelSignature } from "./signature";

/** how long a finished job's reply may wait for those of the jobs that came with it, ms */
const replyWithinMs = 0.2;

/** Entry of the inference thread: jobs in and replies out, both in lists; the loaded models live here. */
const runtime = createOnnxRuntime();
const models = new Map<number, RuntimeModel>();
const signatures = new Map<number, ModelSignature>();
const state = workerData as Int32Array;

parentPort?.on("message", async (jobs: InferenceJob[]) => {
  let replies: InferenceReply[] = [];
  let toldAt = performance.now();
  const tell = () => {
    parentPort?.postMessage(replies);
    replies = [];
    toldAt = performance.now();
  };
  for (const job of jobs) {
    replies.push(await reply(job));
    if (performance.now() - toldAt > replyWithinMs) tell();
  }
  if (replies.length > 0) tell();
});

async function reply(job: InferenceJob): Promise<InferenceReply> {
  Atomics.store(state, threadState.busy, 1);
  if (Atomics.load(state, threadState.ending) === 1) {
    markIdle();
    return new Promise(() => {}); // the process ends: nobody waits for it
  }
  try {
    return { id: job.id, value: await perform(job) };
  } catch (error) {
    return { id: job.id, failure: toFailure(error) };
  } finally {
    markIdle();
  }
}

function markIdle(): void {
  Atomics.store(state, threadState.busy, 0);
  Atomics.notify(state, threadState.busy);
}

async function perform(job: InferenceJob): Promise<unknown> {
  if (job.kind === "load") return load(job.model, job.bytes);
  const model = models.get(job.model);
  if (model === undefined) throw new Error(`the model ${job.model} was released`);
  if (job.kind === "run") return model.run(job.inputs);
  if (job.kind === "predict") {
    if (job.signature) signatures.set(job.model, job.signature);
    return model.predict(job.body, signatures.get(job.model) as ModelSignature);
  }
  models.delete(job.model);
  signatures.delete(job.model);
  return model.release();
}

async function load(id: number, bytes: Uint8Array) {
  const model = await runtime.load(bytes);
  models.set(id, model);
  return { inputs: model.inputs, outputs: model.outputs };
}
