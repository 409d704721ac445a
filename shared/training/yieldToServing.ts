import { constants, setPriority } from "node:os";

/**
 * Puts the thread that calls it below the others of its process, so that on a machine without a free core a request
 * does not wait for training. Only Linux gives threads a priority of their own: elsewhere this would lower the whole
 * process.
 */
export function yieldToServing(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(constants.priority.PRIORITY_LOW);
  } catch {
    // a sandbox that forbids it: training and serving then share the cores evenly
  }
}
