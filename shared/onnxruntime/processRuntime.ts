import { guarded, type RunGuard } from "../serving/runGuard";
import type { ServingModel, ServingRuntime } from "../serving/servingModel";
import type { InferenceTask } from "./inferenceJobs";
import type { InferenceLimits } from "./inferenceLimits";
import { ModelProcess } from "./modelProcess";

/**
 * A ServingRuntime for models that were trained elsewhere: each loaded model has a process of its own, which is ended
 * if a run takes too long or too much memory, and started again with the next request. A model's requests are answered
 * one after another.
 */
export function createProcessRuntime(limits: InferenceLimits, guard: RunGuard): ServingRuntime {
  return {
    load: async (bytes) => {
      const model = new ServedModel(limits, guard, bytes);
      const { inputs, outputs } = await model.described();
      return {
        inputs,
        outputs,
        overheadBytes: processBytes,
        run: (values) => model.ask({ kind: "run", inputs: values }),
        predict: (request, signature) => model.ask({ kind: "predict", request, signature }),
        release: () => model.release(),
      };
    },
  };
}

/** a Node process with the runtime, before it loads a model */
const processBytes = 60 * 2 ** 20;

type Description = Pick<ServingModel, "inputs" | "outputs">;

class ServedModel {
  private process?: ModelProcess;
  private loaded?: Promise<Description>;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly limits: InferenceLimits,
    private readonly guard: RunGuard,
    private readonly bytes: Uint8Array,
  ) {}

  /** Starts the process and loads the model, unless that is done. */
  described(): Promise<Description> {
    if (this.loaded !== undefined && !this.process?.hasEnded) return this.loaded;
    const process = new ModelProcess(this.limits);
    this.process = process;
    this.loaded = process.ask<Description>({ kind: "load", bytes: this.bytes });
    this.loaded.catch(() => process.end());
    process.unref();
    return this.loaded;
  }

  ask<T>(task: InferenceTask): Promise<T> {
    const turn = this.last.then(() => this.perform<T>(task));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  async release(): Promise<void> {
    await this.last;
    await this.process?.end();
  }

  private perform<T>(task: InferenceTask): Promise<T> {
    return guarded(this.guard, async () => {
      await this.described();
      return (this.process as ModelProcess).ask<T>(task);
    });
  }
}
