import type { ServingRuntime } from "./servingModel";

/** Asked before each run of a model, and told how it ended. */
export interface RunGuard {
  /** throws AppError not_ready while the model must not run */
  admit(): void;
  ended(error?: unknown): void;
}

/** The runtime with `guard` around every run of the models it loads. */
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

/** Does the work if the guard admits it, and tells the guard how it ended. */
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
