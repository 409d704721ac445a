import { writeFileSync } from "node:fs";
import path from "node:path";
import { Worker } from "node:worker_threads";
import type { InferenceBegun, InferenceJob } from "./inferenceJobs";
import { InferenceWork } from "./inferenceWork";

/** rows of a run that the asker's limit is for in any case */
const usualRows = 100;

/** Entry of a process that runs one model: a job in, a reply out, and word of each long run, and of each further one, before it begins. */
let lastJob = 0;
const work = new InferenceWork((id, rows, run) => {
  if (rows > usualRows || id === lastJob) process.send?.({ id, rows } satisfies InferenceBegun);
  lastJob = id;
  return run();
});

beFirstToGo();
new Worker(path.join(__dirname, "parentWatch.js"), { workerData: process.ppid }).unref();
process.on("message", async (job: InferenceJob) => {
  process.send?.(await work.reply(job));
});
process.on("disconnect", () => process.exit(0));

/** Where the machine runs out of memory all the same, Linux ends this process before the one that serves. */
function beFirstToGo(): void {
  try {
    writeFileSync("/proc/self/oom_score_adj", "1000");
  } catch {
    // another system, or a sandbox: the limits of whoever started this process hold all the same
  }
}
