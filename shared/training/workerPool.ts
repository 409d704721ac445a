import path from "node:path";
import { Worker } from "node:worker_threads";
import { type Failure, fromFailure } from "../errors";
import { packageRoot } from "../packageRoot";
import { limitProcessorTime } from "./processorLimit";
import type { OutcomeOf, PartOf, WorkerTask } from "./workerTasks";

/** What a worker thread says: that it begins, what a part of its work gave, or, as its last word, the outcome or why there is none. */
export type WorkerReply = { begins: true } | { part: unknown } | { outcome: unknown } | { failure: Failure };

/** A part of the task took more processor time than it may; its thread was ended. */
export class WorkerTimeout extends Error {
  constructor(
    readonly kind: WorkerTask["kind"],
    limitMs: number,
  ) {
    super(`the ${kind} took more than ${limitMs / 1000} s of processor time`);
  }
}

/** Every thread was busy for so long that the caller should come again later, rather than wait into its own time limit. */
export class WorkerBusy extends Error {}

const slotWaitMs = 20_000;
/** on the clock, below the time limit of a function: only a thread that hangs, or gets next to no processor, is ended by it, to be tried again */
const hangMs = 8 * 60_000;

/** Runs training tasks in worker threads, at most `threads` at once, so that scoring in the same instance stays responsive. */
export class WorkerPool {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly threads: number) {}

  /**
   * The task's outcome; a thread serves one task and ends, so that its memory goes back. `onPart` hears what each part of it gives (a fit
   * on a fold, an interval). Throws WorkerTimeout when a part takes more than `limitMs` of processor time, WorkerBusy when no thread gets
   * free within 20 s.
   */
  async run<T extends WorkerTask>(
    task: T,
    limitMs: number,
    onPart: (part: PartOf<T>) => void = () => {},
  ): Promise<OutcomeOf<T>> {
    if (this.running < this.threads) this.running++;
    else await this.slot();
    try {
      return (await runThread(task, limitMs, onPart as (part: unknown) => void)) as OutcomeOf<T>;
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

function runThread(task: WorkerTask, limitMs: number, onPart: (part: unknown) => void): Promise<unknown> {
  const worker = new Worker(path.join(packageRoot(), "dist/shared/training/trainingWorker.js"), { workerData: task });
  return new Promise((resolve, reject) => {
    const stop = (error: Error) => {
      reject(error);
      worker.terminate();
    };
    const limit = limitProcessorTime(worker, limitMs, () => stop(new WorkerTimeout(task.kind, limitMs)));
    const hang = setTimeout(
      () => stop(new Error(`the ${task.kind} made no end within ${hangMs / 60_000} minutes on the clock`)),
      hangMs,
    );
    const end = () => {
      limit.end();
      clearTimeout(hang);
    };
    worker.on("message", (reply: WorkerReply) => {
      if ("begins" in reply) return limit.restart();
      if ("part" in reply) {
        limit.restart();
        return onPart(reply.part);
      }
      end();
      if ("outcome" in reply) resolve(reply.outcome);
      else reject(fromFailure(reply.failure));
    });
    worker.once("error", (error) => {
      end();
      reject(error);
    });
    worker.once("exit", (code) => {
      end();
      reject(new Error(`the training thread ended with code ${code} and no answer`));
    });
  });
}
