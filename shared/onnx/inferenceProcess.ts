import type { InferenceJob } from "./inferenceJobs";
import { InferenceWork } from "./inferenceWork";

/** Entry of a process that tries one model: a job in, a reply out. */
const work = new InferenceWork();

process.on("message", async (job: InferenceJob) => {
  process.send?.(await work.reply(job));
});
process.on("disconnect", () => process.exit(0));
