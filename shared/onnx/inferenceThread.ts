import { parentPort, workerData } from "node:worker_threads";
import { type InferenceJob, type InferenceReply, threadState } from "./inferenceJobs";
import { InferenceWork } from "./inferenceWork";

/** how long a finished job's reply may wait for those of the jobs that came with it, ms */
const replyWithinMs = 0.08;

/** Entry of the inference thread: jobs in and replies out, both in lists. */
const work = new InferenceWork();
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
    return await work.reply(job);
  } finally {
    markIdle();
  }
}

function markIdle(): void {
  Atomics.store(state, threadState.busy, 0);
  Atomics.notify(state, threadState.busy);
}
