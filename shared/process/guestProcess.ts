import { writeFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { compiledFile } from "../packageRoot";

/**
 * Makes this process one that works for the one that started it, and ends with it, even in the middle of work that
 * never ends. Where the machine runs out of memory, Linux ends it before the one that serves.
 */
export function beGuest(): void {
  try {
    writeFileSync("/proc/self/oom_score_adj", "1000");
  } catch {
    // another system, or a sandbox: the limits of whoever started this process still hold
  }
  new Worker(compiledFile("shared/process/parentWatch"), { workerData: process.ppid }).unref();
  process.on("disconnect", () => process.exit(0));
}
