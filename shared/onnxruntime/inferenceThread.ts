import { parentPort, workerData } from "node:worker_threads";
import { type InferenceJob, type InferenceReply, threadState } from "./inferenceJobs";
import { InferenceWork, type WatchRun } from "./inferenceWork";

/** how long a finished job's reply may wait for the replies of the jobs that came with it, ms */
const replyWithinMs = 0.08;

const state = workerData as Int32Array;
let lastRun: Promise<unknown> = Promise.resolve();

/**
 * Does one run after another (each blocks this thread anyway), and publishes which one, so that the event loop's thread
 * notices one that never ends.
 */
const watch: WatchRun = (job, rows, run) => {
  const turn = lastRun.then(async () => {
    Atomics.store(state, threadState.busy, 1);
    if (Atomics.load(state, threadState.ending) === 1) {
      markIdle();
      return new Promise<never>(() => {}); // the process is ending: nobody waits for it
    }
    Atomics.store(state, threadState.rows, rows);
    Atomics.store(state, threadState.job, job);
    try {
      return await run();
    } finally {
      markIdle();
    }
  });
  lastRun = turn.catch(() => undefined);
  return turn;
};

function markIdle(): void {
  Atomics.add(state, threadState.done, 1);
  Atomics.store(state, threadState.job, 0);
  Atomics.store(state, threadState.busy, 0);
  Atomics.notify(state, threadState.busy);
}

/** Entry of the inference thread: jobs in and replies out, both in lists. */
const work = new InferenceWork(watch);

parentPort?.on("message", async (jobs: InferenceJob[]) => {
  let replies: InferenceReply[] = [];
  let toldAt = performance.now();
  const tell = () => {
    parentPort?.postMessage(replies);
    replies = [];
    toldAt = performance.now();
  };
  for (const job of jobs) {
    replies.push(await work.reply(job));
    if (performance.now() - toldAt > replyWithinMs) tell();
  }
  if (replies.length > 0) tell();
});
