import path from "node:path";
import { Worker } from "node:worker_threads";
import { AppError, type ErrorCode } from "../errors";
import { packageRoot } from "../packageRoot";
import type { OutcomeOf, WorkerTask } from "./workerTasks";

/** What a worker thread answers. */
export type WorkerReply = { outcome: unknown } | { failure: { code?: ErrorCode; message: string; stack?: string } };

/** Runs training tasks in worker threads, at most `threads` at once, so that scoring in the same instance stays responsive. */
export class WorkerPool {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly threads: number) {}

  /** The task's outcome; a thread serves one task and ends, so that its memory goes back. */
  async run<T extends WorkerTask>(task: T): Promise<OutcomeOf<T>> {
    if (this.running >= this.threads) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running++;
    try {
      return (await runThread(task)) as OutcomeOf<T>;
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}

function runThread(task: WorkerTask): Promise<unknown> {
  const worker = new Worker(path.join(packageRoot(), "dist/shared/training/trainingWorker.js"), { workerData: task });
  return new Promise((resolve, reject) => {
    worker.once("message", (reply: WorkerReply) =>
      "outcome" in reply ? resolve(reply.outcome) : reject(toError(reply.failure)),
    );
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`the training thread ended with code ${code} and no answer`)));
  });
}

function toError(failure: { code?: ErrorCode; message: string; stack?: string }): Error {
  if (failure.code) return new AppError(failure.code, failure.message);
  const error = new Error(failure.message);
  error.stack = failure.stack;
  return error;
}
