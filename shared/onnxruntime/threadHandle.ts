import { Worker } from "node:worker_threads";
import { AppError, fromFailure } from "../errors";
import type { ModelSignature } from "../onnx/signature";
import { compiledFile } from "../packageRoot";
import type { RuntimeModel } from "../ports";
import {
  type InferenceJob,
  type InferenceReply,
  type InferenceTask,
  threadState,
  threadStateBytes,
} from "./inferenceJobs";
import { loadLimitMs, runLimitMs } from "./inferenceLimits";

/** a run is bounded by its rows, so it ends long before */
const endWithinMs = 2_000;
const lookMs = 100;

/** A job given to a thread, and the promise of its caller. */
export interface WaitingJob {
  job: InferenceJob;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

type Description = Pick<RuntimeModel, "inputs" | "outputs">;

/** called with the model whose run does not end, and the jobs that will not be answered now */
type OnHang = (model: number, waiting: WaitingJob[]) => void;

/** For callers of a model that was stopped during the run of another caller. */
export function modelStopped(): AppError {
  return new AppError("not_ready", "the model was stopped because one of its runs did not end", {
    retryAfterSeconds: 1,
  });
}

/** One inference thread. The jobs of one turn of the event loop cross in one message. */
export class ThreadHandle {
  private readonly state = new Int32Array(new SharedArrayBuffer(threadStateBytes));
  private readonly worker = new Worker(compiledFile("shared/onnxruntime/inferenceThread"), {
    workerData: this.state,
  });
  private readonly waiting = new Map<number, WaitingJob>();
  private readonly loading = new Map<number, Promise<Description>>();
  private readonly held = new Set<number>();
  private readonly signatures = new Map<number, ModelSignature>();
  private outbox: InferenceJob[] = [];
  private asked = 0;
  private look?: NodeJS.Timeout;
  private readonly seen = { job: 0, done: 0, atMs: 0, stuckMs: 0 };

  constructor(
    private readonly timeoutMs: number,
    private readonly onHang: OnHang,
  ) {
    this.worker.unref();
    this.worker.on("message", (replies: InferenceReply[]) => this.settle(replies));
    // its models are lost: the process ends, and the host starts another
    this.worker.on("error", (error) => {
      throw error;
    });
    process.once("exit", this.end);
  }

  /** Lets a run in progress finish: ONNX Runtime aborts a process that ends its thread during a run. */
  private readonly end = () => {
    Atomics.store(this.state, threadState.ending, 1);
    Atomics.wait(this.state, threadState.busy, 1, endWithinMs);
  };

  /** Whether the model is loaded here. */
  holds(model: number): boolean {
    return this.held.has(model);
  }

  /** Loads a model, once however many callers ask. */
  load(model: number, bytes: Uint8Array): Promise<Description> {
    let flight = this.loading.get(model);
    if (flight === undefined) {
      flight = this.ask(model, { kind: "load", bytes }) as Promise<Description>;
      flight.then(
        () => this.held.add(model),
        () => this.loading.delete(model),
      );
      this.loading.set(model, flight);
    }
    return flight;
  }

  async release(model: number): Promise<void> {
    if (!this.held.delete(model)) return;
    this.loading.delete(model);
    this.signatures.delete(model);
    await this.ask(model, { kind: "release" });
  }

  /** The value of a task; fails as the task did, or with AppError timeout. */
  ask(model: number, task: InferenceTask): Promise<unknown> {
    if (this.waiting.size === 0) this.beginToWait();
    if (this.outbox.length === 0) setImmediate(() => this.send());
    const job: InferenceJob = { ...task, id: ++this.asked, model };
    this.outbox.push(job);
    return new Promise((resolve, reject) => {
      this.waiting.set(job.id, { job, resolve, reject });
    });
  }

  private beginToWait(): void {
    this.worker.ref(); // the process stays alive while someone waits
    if (this.look !== undefined) return;
    this.seen.atMs = performance.now();
    this.look = setInterval(() => this.lookForHang(), lookMs).unref();
  }

  private send(): void {
    this.worker.postMessage(this.outbox.map((job) => this.withNewSignature(job)));
    this.outbox = [];
  }

  /** A signature crosses only if it differs from the model's last one. */
  private withNewSignature(job: InferenceJob): InferenceJob {
    if (job.kind !== "predict" || job.signature === undefined) return job;
    if (this.signatures.get(job.model) === job.signature) return { ...job, signature: undefined };
    this.signatures.set(job.model, job.signature);
    return job;
  }

  private settle(replies: InferenceReply[]): void {
    for (const reply of replies) {
      const caller = this.waiting.get(reply.id);
      this.waiting.delete(reply.id);
      if ("failure" in reply) caller?.reject(fromFailure(reply.failure));
      else caller?.resolve(reply.value);
    }
    if (this.waiting.size === 0) this.worker.unref();
  }

  /** Measures how long one run has been in progress, by checks that came in time: a blocked event loop cannot judge. */
  private lookForHang(): void {
    const { seen, state } = this;
    const now = performance.now();
    const sinceMs = Math.min(now - seen.atMs, 2 * lookMs);
    seen.atMs = now;
    const job = Atomics.load(state, threadState.job);
    const done = Atomics.load(state, threadState.done);
    const isSame = job !== 0 && job === seen.job && done === seen.done;
    seen.stuckMs = isSame ? seen.stuckMs + sinceMs : 0;
    seen.job = job;
    seen.done = done;
    if (this.waiting.size === 0) {
      clearInterval(this.look);
      this.look = undefined;
      return;
    }
    const rows = Atomics.load(state, threadState.rows);
    const limitMs = rows === 0 ? loadLimitMs : runLimitMs(this.timeoutMs, rows);
    if (seen.stuckMs > limitMs) this.giveUp(job, limitMs);
  }

  /** Fails the callers of the model that hangs, and hands over the jobs of the others. */
  private giveUp(id: number, limitMs: number): void {
    clearInterval(this.look);
    this.leave();
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    const hung = waiting.find(({ job }) => job.id === id)?.job.model ?? 0;
    const reason = `the model did not answer within ${Math.round(limitMs / 100) / 10} s`;
    for (const { job, reject } of waiting)
      if (job.id === id) reject(new AppError("timeout", reason));
      else if (job.model === hung) reject(modelStopped());
    this.onHang(
      hung,
      waiting.filter(({ job }) => job.model !== hung),
    );
  }

  /**
   * Abandons the thread. During a run neither it nor the process can end: at its end the process is killed instead. If
   * the run does end, the thread starts no other and is ended.
   */
  private leave(): void {
    Atomics.store(this.state, threadState.ending, 1);
    process.off("exit", this.end);
    const kill = () => process.kill(process.pid, "SIGKILL");
    process.once("exit", kill);
    for (const event of ["message", "error"]) this.worker.removeAllListeners(event);
    this.worker.on("error", () => undefined); // nobody is waiting for it any more
    this.worker.once("message", () => {
      process.off("exit", kill);
      void this.worker.terminate();
    });
    this.worker.unref(); // last: a message listener keeps the process alive
  }
}
