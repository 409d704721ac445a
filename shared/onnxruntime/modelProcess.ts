import { type ChildProcess, fork } from "node:child_process";
import { AppError, type ErrorCode, fromFailure } from "../errors";
import { compiledFile } from "../packageRoot";
import { watchMemory } from "../process/watchMemory";
import type { InferenceBegun, InferenceJob, InferenceReply, InferenceTask } from "./inferenceJobs";
import { type InferenceLimits, loadLimitMs, readLimitMs, runLimitMs } from "./inferenceLimits";

const memoryLookMs = 50;
/** a reply that arrived while the event loop was blocked is handled before the timeout counts */
const graceMs = 50;

/** running processes: none outlives this one, whatever it does */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

interface Asked {
  id: number;
  take(reply: InferenceReply): void;
  fail(error: Error): void;
  deadline: NodeJS.Timeout;
  /** stops watching its memory */
  leaveMemory: () => void;
}

/**
 * A process of its own for one model, which can be ended at any time: ONNX Runtime cannot be told to stop, and a thread
 * in the middle of a run cannot be ended. It inherits nothing from the environment, so that it has no keys. One task at
 * a time.
 */
export class ModelProcess {
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;
  private asked?: Asked;
  private count = 0;
  private reason?: AppError;

  constructor(private readonly limits: InferenceLimits) {
    this.child = fork(compiledFile("shared/onnxruntime/inferenceProcess"), {
      execArgv: [],
      env: {},
      serialization: "advanced",
    });
    running.add(this.child);
    this.child.on("message", (message: InferenceReply | InferenceBegun) => this.take(message));
    this.exited = new Promise((resolve) => {
      const end = (how: string) => {
        running.delete(this.child);
        this.reason ??= new AppError("crashed", `the model crashed the process that ran it (${how})`);
        this.asked?.fail(this.reason);
        resolve();
      };
      this.child.once("exit", (code, signal) => end(String(signal ?? code)));
      this.child.once("error", (error) => end(error.message));
    });
  }

  get hasEnded(): boolean {
    return this.reason !== undefined;
  }

  /** Lets the event loop end while no task is running. */
  unref(): void {
    this.child.unref();
    this.child.channel?.unref();
  }

  /** The value of a task; fails as the task did, or with AppError timeout or crashed if the process was stopped. */
  ask<T>(task: InferenceTask): Promise<T> {
    if (this.reason) return Promise.reject(this.reason);
    this.child.channel?.ref();
    return new Promise<T>((resolve, reject) => {
      const id = ++this.count;
      const settle = (work: () => void) => {
        clearTimeout(this.asked?.deadline);
        this.asked?.leaveMemory();
        this.asked = undefined;
        this.child.channel?.unref();
        work();
      };
      this.asked = {
        id,
        take: (reply) =>
          settle(() => ("failure" in reply ? reject(fromFailure(reply.failure)) : resolve(reply.value as T))),
        fail: (error) => settle(() => reject(error)),
        deadline: this.deadline(firstLimitMs(this.limits, task)),
        leaveMemory: this.watchMemory(),
      };
      // if the process has ended, its exit event reports it
      this.child.send({ ...task, id, model: 1 } satisfies InferenceJob, () => undefined);
    });
  }

  /** Ends the process, whatever it does. */
  async end(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.exited;
  }

  private take(message: InferenceReply | InferenceBegun): void {
    const { asked } = this;
    if (message.id !== asked?.id) return;
    if ("rows" in message) {
      clearTimeout(asked.deadline);
      asked.deadline = this.deadline(runLimitMs(this.limits.timeoutMs, message.rows));
    } else asked.take(message);
  }

  private deadline(limitMs: number): NodeJS.Timeout {
    const shown = `the model did not answer within ${Math.round(limitMs / 100) / 10} s`;
    return setTimeout(() => {
      if (this.asked) this.asked.deadline = setTimeout(() => this.stop("timeout", shown), graceMs);
    }, limitMs);
  }

  private watchMemory(): () => void {
    const { memoryBytes: limitBytes } = this.limits;
    const shown = `the model took more than ${Math.round(limitBytes / 2 ** 20)} MB of memory`;
    const pid = this.child.pid as number;
    return watchMemory(pid, { limitBytes, everyMs: memoryLookMs }, () => this.stop("crashed", shown));
  }

  private stop(code: ErrorCode, message: string): void {
    this.reason ??= new AppError(code, message);
    this.child.kill("SIGKILL");
    this.asked?.fail(this.reason);
  }
}

function firstLimitMs({ timeoutMs }: InferenceLimits, task: InferenceTask): number {
  if (task.kind === "load") return loadLimitMs;
  return task.kind === "predict" ? readLimitMs(timeoutMs, task.request.body.length) : timeoutMs;
}
