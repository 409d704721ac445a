import path from "node:path";
import { Worker } from "node:worker_threads";
import { type Failure, fromFailure } from "../errors";
import { packageRoot } from "../packageRoot";
import type { OutcomeOf, WorkerTask } from "./workerTasks";

/** What a worker thread says: that a part of its work is done, or, as its last word, the outcome or why there is none. */
export type WorkerReply = { partDone: true } | { outcome: unknown } | { failure: Failure };

/** The task took longer than it may; its thread was ended. */
export class WorkerTimeout extends Error {
  constructor(
    readonly kind: WorkerTask["kind"],
    limitMs: number,
  ) {
    super(`the ${kind} took longer than ${limitMs / 1000} s`);
  }
}

/** Every thread was busy for so long that the caller should come again later, rather than wait into its own time limit. */
export class WorkerBusy extends Error {}

const slotWaitMs = 20_000;

/** Runs training tasks in worker threads, at most `threads` at once, so that scoring in the same instance stays responsive. */
export class WorkerPool {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly threads: number) {}

  /**
   * The task's outcome; a thread serves one task and ends, so that its memory goes back. Throws WorkerTimeout when a part of it (a fit)
   * takes longer than `limitMs`, WorkerBusy when no thread gets free within 20 s.
   */
  async run<T extends WorkerTask>(task: T, limitMs: number): Promise<OutcomeOf<T>> {
    if (this.running < this.threads) this.running++;
    else await this.slot();
    try {
      return (await runThread(task, limitMs)) as OutcomeOf<T>;
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }

  /** Resolves when a finished task hands its slot on. */
  private slot(): Promise<void> {
    return new Promise((resolve, reject) => {
      const take = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(take), 1);
        reject(new WorkerBusy("every training thread is busy"));
      }, slotWaitMs);
      this.waiting.push(take);
    });
  }
}

function runThread(task: WorkerTask, limitMs: number): Promise<unknown> {
  const worker = new Worker(path.join(packageRoot(), "dist/shared/training/trainingWorker.js"), { workerData: task });
  return new Promise((resolve, reject) => {
    const stop = () => {
      reject(new WorkerTimeout(task.kind, limitMs));
      worker.terminate();
    };
    let timer = setTimeout(stop, limitMs);
    worker.on("message", (reply: WorkerReply) => {
      clearTimeout(timer);
      if ("partDone" in reply) timer = setTimeout(stop, limitMs);
      else if ("outcome" in reply) resolve(reply.outcome);
      else reject(fromFailure(reply.failure));
    });
    worker.once("error", reject);
    worker.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`the training thread ended with code ${code} and no answer`));
    });
  });
}
