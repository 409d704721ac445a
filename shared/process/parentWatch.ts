import { workerData } from "node:worker_threads";

const lookMs = 500;
const parent = workerData as number;

/**
 * Ends the process when the one that started it is gone: in the middle of a run that never ends, nothing else would.
 */
setInterval(() => {
  if (!isThere()) process.kill(process.pid, "SIGKILL");
}, lookMs);

function isThere(): boolean {
  if (process.ppid !== parent) return false;
  try {
    process.kill(parent, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
