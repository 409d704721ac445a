import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterEach, expect, it } from "vitest";
import { limitProcessorTime } from "../../../shared/training/processorLimit";

const waits = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500)";
const works = "for (let i = 0; ; i++) Math.sqrt(i)";

let worker: Worker;
afterEach(() => worker.terminate());

/** Whether the limit was passed before the thread ended. */
async function passes(code: string, limitMs: number): Promise<boolean> {
  worker = new Worker(code, { eval: true });
  await once(worker, "online");
  let isOver = false;
  const limit = limitProcessorTime(worker, limitMs, () => {
    isOver = true;
    worker.terminate();
  });
  limit.restart();
  await once(worker, "exit");
  limit.end();
  return isOver;
}

it("ends a thread that uses more processor time than it may", async () => {
  expect(await passes(works, 200)).toBe(true);
});

it("does not count time in which a thread waits, as it does on a busy machine", async () => {
  expect(await passes(waits, 200)).toBe(false);
});
