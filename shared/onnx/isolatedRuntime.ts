import { AppError, isAppError } from "../errors";
import type { ModelRuntime, RuntimeModel } from "../ports";
import type { InferenceLimits } from "./inferenceLimits";
import { ModelProcess } from "./modelProcess";

/**
 * ModelRuntime for models that nobody knows yet: each has a process of its own, one at a time, so that one which never answers, takes all
 * memory or brings the runtime down harms nothing else. AppError rejected when it was stopped for it.
 */
export function createIsolatedRuntime(limits: InferenceLimits): ModelRuntime {
  let last: Promise<void> = Promise.resolve();
  return {
    load: async (bytes) => {
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = promise;
      await before;
      const process = new ModelProcess(limits);
      const end = () => process.end().then(resolve);
      try {
        return await loadModel(process, bytes, end);
      } catch (error) {
        await end();
        throw error;
      }
    },
  };
}

async function loadModel(process: ModelProcess, bytes: Uint8Array, end: () => Promise<void>): Promise<RuntimeModel> {
  const { inputs, outputs } = await tried(
    process.ask<Pick<RuntimeModel, "inputs" | "outputs">>({ kind: "load", bytes }),
  );
  return {
    inputs,
    outputs,
    run: (values) => tried(process.ask({ kind: "run", inputs: values })),
    predict: (body, signature) => tried(process.ask({ kind: "predict", body, signature })),
    release: end,
  };
}

/** A model that had to be stopped is refused for it. */
async function tried<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (isAppError(error, "timeout", "crashed")) throw new AppError("rejected", error.message, { cause: error });
    throw error;
  }
}
