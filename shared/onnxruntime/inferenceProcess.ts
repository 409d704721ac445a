import { toFailure } from "../errors";
import { refuseExternalData } from "../onnx/externalData";
import { beGuest } from "../process/guestProcess";
import type { InferenceBegun, InferenceJob, InferenceReply } from "./inferenceJobs";
import { InferenceWork } from "./inferenceWork";

/** the caller's limit covers a run of so many rows in any case */
const usualRows = 100;

/**
 * Entry of a process that runs one model: a job in, a reply out, and a message before each long run and each further
 * run of a job.
 */
let lastJob = 0;
const work = new InferenceWork((id, rows, run) => {
  if (rows > usualRows || id === lastJob) process.send?.({ id, rows } satisfies InferenceBegun);
  lastJob = id;
  return run();
});

beGuest();
process.on("message", async (job: InferenceJob) => {
  process.send?.(await reply(job));
});

async function reply(job: InferenceJob): Promise<InferenceReply> {
  try {
    if (job.kind === "load") refuseExternalData(job.bytes); // here, because reading a large file takes time
    return await work.reply(job);
  } catch (error) {
    return { id: job.id, failure: toFailure(error) };
  }
}
