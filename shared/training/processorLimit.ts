import type { Worker } from "node:worker_threads";

const leastWaitMs = 50;

/**
 * Calls `onOver` once a thread's part of work has used `limitMs` of processor time; `restart` begins the next part,
 * `end` ends the watch. Time that the thread waits for a processor does not count, so that the load of the machine does
 * not matter.
 */
export function limitProcessorTime(worker: Worker, limitMs: number, onOver: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let part = 0;
  const look = async (from: number, watched: number) => {
    const used = (await processorMs(worker)) - from;
    if (watched !== part) return;
    if (used >= limitMs) onOver();
    else timer = setTimeout(() => void look(from, watched), Math.max(leastWaitMs, limitMs - used));
  };
  const end = () => {
    part++;
    clearTimeout(timer);
  };
  const restart = () => {
    end();
    const watched = part;
    void processorMs(worker).then((from) => look(from, watched));
  };
  return { restart, end };
}

/** Processor time of a thread so far; before Node 24.6 it cannot be read from outside: there it is wall-clock time. */
async function processorMs(worker: Worker): Promise<number> {
  if (worker.cpuUsage === undefined) return performance.now();
  try {
    const { user, system } = await worker.cpuUsage();
    return (user + system) / 1000;
  } catch {
    return 0; // the thread has ended: its own events say how
  }
}
