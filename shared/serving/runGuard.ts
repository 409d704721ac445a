import type { ServingRuntime } from "./servingModel";

/** Is asked before each run of a model, and told how it ended. */
export interface RunGuard {
  /** AppError not_ready while the model is not to be run */
  admit(): void;
  ended(error?: unknown): void;
}

/** The runtime with `guard` before and after every run of what it loads. */
export function guardedRuntime(runtime: ServingRuntime, guard: RunGuard): ServingRuntime {
  return {
    load: async (bytes) => {
      const model = await runtime.load(bytes);
      return {
        ...model,
        run: (values) => guarded(guard, () => model.run(values)),
        predict: (request, signature) => guarded(guard, () => model.predict(request, signature)),
      };
    },
  };
}

/** Does the work if the guard admits it, and tells it how the work ended. */
export async function guarded<T>(guard: RunGuard, work: () => Promise<T>): Promise<T> {
  guard.admit();
  try {
    const value = await work();
    guard.ended();
    return value;
  } catch (error) {
    guard.ended(error);
    throw error;
  }
}
