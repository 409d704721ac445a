import { Worker } from "node:worker_threads";
import { AppError, type Failure, fromFailure } from "../errors";
import { compiledFile } from "../packageRoot";
import { limitProcessorTime } from "./processorLimit";
import type { OutcomeOf, PartOf, WorkerTask } from "./workerTasks";

/**
 * What a worker thread says: that it begins, what a part of its work gave, or, as its last word, the outcome or why
 * there is none.
 */
export type WorkerReply = { begins: true } | { part: unknown } | { outcome: unknown } | { failure: Failure };

const usualSlotWaitMs = 20_000;
/**
 * on the clock, below the time limit of a function: only a thread that hangs, or gets next to no processor, is ended by
 * it, to be tried again
 */
const hangMs = 8 * 60_000;

/**
 * Runs training tasks in worker threads, at most `threads` at once, so that scoring in the same instance stays
 * responsive.
 */
export class WorkerPool {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly threads: number,
    private readonly slotWaitMs = usualSlotWaitMs,
  ) {}

  /**
   * The task's outcome; a thread serves one task and ends, so that its memory goes back. `onPart` hears what each part
   * of it gives (a fit on a fold, an interval). AppError rejected when a part takes more than `limitMs` of processor
   * time, which the same part would again; busy when no thread gets free within 20 s: come again later, rather than
   * wait into a time limit of your own.
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
        reject(new AppError("busy", "every training thread is busy"));
      }, this.slotWaitMs);
      this.waiting.push(take);
    });
  }
}

/** What a part of each task is, and what makes it smaller. */
const parts: Record<WorkerTask["kind"], { name: string; advice: string }> = {
  trial: { name: "a fit", advice: "" },
  refit: { name: "the refit", advice: ": lower the candidates' size (trees, rounds)" },
  evaluate: { name: "the evaluation", advice: ": lower the size of the hold-out in the spec's split" },
};

function overLimit(kind: WorkerTask["kind"], limitMs: number): AppError {
  const { name, advice } = parts[kind];
  return new AppError("rejected", `${name} took more than ${limitMs / 1000} s of processor time${advice}`);
}

function runThread(task: WorkerTask, limitMs: number, onPart: (part: unknown) => void): Promise<unknown> {
  const worker = new Worker(compiledFile("shared/training/trainingWorker"), { workerData: task });
  return new Promise((resolve, reject) => {
    const stop = (error: Error) => {
      reject(error);
      worker.terminate();
    };
    const limit = limitProcessorTime(worker, limitMs, () => stop(overLimit(task.kind, limitMs)));
    const hang = setTimeout(
      () => stop(new Error(`the ${task.kind} did not finish within ${hangMs / 60_000} minutes`)),
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
