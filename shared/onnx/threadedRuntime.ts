import path from "node:path";
import { Worker } from "node:worker_threads";
import { fromFailure } from "../errors";
import { packageRoot } from "../packageRoot";
import type { ModelRuntime, RuntimeModel } from "../ports";
import { type InferenceJob, type InferenceReply, type InferenceTask, threadState } from "./inferenceJobs";
import type { ModelSignature } from "./signature";

/** a run is bounded by its rows, so that it is over long before */
const endWithinMs = 2_000;

interface Caller {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * ModelRuntime that keeps its models in one worker thread, which starts with the first of them: predictions take a core of their
 * own while the event loop goes on reading and answering requests. What is asked in one turn of the loop crosses in one message.
 */
export function createThreadedRuntime(): ModelRuntime {
  let thread: InferenceThread | undefined;
  let count = 0;
  return {
    load: async (bytes) => {
      thread ??= new InferenceThread();
      return loadModel(thread, ++count, bytes);
    },
  };
}

async function loadModel(thread: InferenceThread, id: number, bytes: Uint8Array): Promise<RuntimeModel> {
  const ask = <T>(task: InferenceTask) => thread.ask(id, task) as Promise<T>;
  const { inputs, outputs } = await ask<Pick<RuntimeModel, "inputs" | "outputs">>({ kind: "load", bytes });
  let known: ModelSignature | undefined;
  return {
    inputs,
    outputs,
    run: (values) => ask({ kind: "run", inputs: values }),
    predict: (body, signature) => {
      if (signature === known) return ask({ kind: "predict", body });
      known = signature;
      return ask({ kind: "predict", body, signature });
    },
    release: () => ask({ kind: "release" }),
  };
}

class InferenceThread {
  private readonly state = new Int32Array(new SharedArrayBuffer(8));
  private readonly worker = new Worker(path.join(packageRoot(), "dist/shared/onnx/inferenceThread.js"), {
    workerData: this.state,
  });
  private readonly callers = new Map<number, Caller>();
  private outbox: InferenceJob[] = [];
  private asked = 0;

  constructor() {
    this.worker.unref();
    this.worker.on("message", (replies: InferenceReply[]) => this.settle(replies));
    // the models are gone with it: the process ends, and the host starts another
    this.worker.on("error", (error) => {
      throw error;
    });
    process.once("exit", () => this.end());
  }

  /** Lets a run that is on its way come to its end: ONNX Runtime aborts a process that ends its thread in the middle of one. */
  private end(): void {
    Atomics.store(this.state, threadState.ending, 1);
    Atomics.wait(this.state, threadState.busy, 1, endWithinMs);
  }

  /** The value of a task; fails as the task did. */
  ask(model: number, task: InferenceTask): Promise<unknown> {
    if (this.callers.size === 0) this.worker.ref(); // the process stays while someone waits
    if (this.outbox.length === 0) setImmediate(() => this.send());
    const id = ++this.asked;
    this.outbox.push({ ...task, id, model });
    return new Promise((resolve, reject) => {
      this.callers.set(id, { resolve, reject });
    });
  }

  private send(): void {
    this.worker.postMessage(this.outbox);
    this.outbox = [];
  }

  private settle(replies: InferenceReply[]): void {
    for (const reply of replies) {
      const caller = this.callers.get(reply.id);
      this.callers.delete(reply.id);
      if ("failure" in reply) caller?.reject(fromFailure(reply.failure));
      else caller?.resolve(reply.value);
    }
    if (this.callers.size === 0) this.worker.unref();
  }
}
