import type { ServingModel, ServingRuntime } from "../serving/servingModel";
import type { InferenceTask } from "./inferenceJobs";
import { modelStopped, ThreadHandle } from "./threadHandle";

/**
 * A ServingRuntime that keeps its models in one worker thread, started with the first of them: predictions use a core
 * of their own while the event loop keeps reading and answering requests. A model whose run does not end within its
 * limit (`timeoutMs` for up to 100 rows) is abandoned with AppError timeout, and the others continue in a new thread:
 * none of their requests is lost.
 */
export function createThreadedRuntime(timeoutMs = 1_000): ServingRuntime {
  const shared = new SharedThread(timeoutMs);
  return { load: (bytes) => shared.load(bytes) };
}

/** The thread as its models see it: always a working one. */
class SharedThread {
  private thread?: ThreadHandle;
  private count = 0;
  private readonly bytesOf = new Map<number, Uint8Array>();
  private readonly givenUp = new Set<number>();

  constructor(private readonly timeoutMs: number) {}

  async load(bytes: Uint8Array): Promise<ServingModel> {
    const model = ++this.count;
    this.bytesOf.set(model, bytes);
    const ask = <T>(task: InferenceTask) => this.ask(model, task) as Promise<T>;
    try {
      const { inputs, outputs } = await this.describe(model);
      return {
        inputs,
        outputs,
        run: (values) => ask({ kind: "run", inputs: values }),
        predict: (request, signature) => ask({ kind: "predict", request, signature }),
        release: async () => {
          this.bytesOf.delete(model);
          await this.thread?.release(model);
        },
      };
    } catch (error) {
      this.bytesOf.delete(model);
      throw error;
    }
  }

  private ask(model: number, task: InferenceTask): Promise<unknown> {
    const thread = this.current();
    if (thread.holds(model)) return thread.ask(model, task);
    return this.describe(model).then(() => this.ask(model, task));
  }

  /** Loads the model into the current thread. */
  private describe(model: number) {
    if (this.givenUp.has(model)) return Promise.reject(modelStopped());
    const bytes = this.bytesOf.get(model);
    if (bytes === undefined) return Promise.reject(new Error(`the model ${model} was released`));
    return this.current().load(model, bytes);
  }

  private current(): ThreadHandle {
    this.thread ??= new ThreadHandle(this.timeoutMs, (model, waiting) => {
      this.thread = undefined;
      this.givenUp.add(model);
      for (const { job, resolve, reject } of waiting)
        if (job.kind === "load") this.describe(job.model).then(resolve, reject);
        else this.ask(job.model, job).then(resolve, reject);
    });
    return this.thread;
  }
}
