import { AppError } from "../errors";

const maxAgeMs = 2000;

/**
 * The model for a request that names none: the configured one, or the only one; otherwise AppError invalid_input with
 * the list.
 */
export function createDefaultModel(
  registry: { models(): Promise<string[]> },
  configured?: string,
  /** monotonic clock, ms */
  nowMs: () => number = () => performance.now(),
): () => Promise<string> {
  let known: { model: string; readAtMs: number } | undefined;
  return async () => {
    if (configured !== undefined) return configured;
    if (known && nowMs() - known.readAtMs < maxAgeMs) return known.model;
    const readAtMs = nowMs();
    const names = await registry.models();
    if (names.length !== 1) {
      const list = names.length === 0 ? "none is registered yet" : `there are ${names.join(", ")}`;
      throw new AppError("invalid_input", `name the model in the path, as in /score/{model}: ${list}`);
    }
    known = { model: names[0], readAtMs };
    return known.model;
  };
}
