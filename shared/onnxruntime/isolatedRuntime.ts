import { AppError, isAppError } from "../errors";
import type { ModelRuntime, RuntimeModel } from "../ports";
import type { InferenceLimits } from "./inferenceLimits";
import { ModelProcess } from "./modelProcess";

/** so that one that never answers does not delay the next for long */
const atOnce = 2;

/**
 * A ModelRuntime for models that are not known yet: each has a process of its own, two at a time, so that one that
 * never answers, uses up the memory or crashes the runtime harms nothing else. AppError rejected if it had to be
 * stopped.
 */
export function createIsolatedRuntime(limits: InferenceLimits): ModelRuntime {
  const slots = new Slots(atOnce);
  return {
    load: async (bytes) => {
      await slots.take();
      const process = new ModelProcess(limits);
      let ended: Promise<void> | undefined;
      const end = () => {
        ended ??= process.end().then(() => slots.give());
        return ended;
      };
      try {
        return await loadModel(process, bytes, end);
      } catch (error) {
        await end();
        throw error;
      }
    },
  };
}

/** A fixed number of slots, given out in order of request. */
class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async take(): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  give(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free++;
  }
}

async function loadModel(process: ModelProcess, bytes: Uint8Array, end: () => Promise<void>): Promise<RuntimeModel> {
  const { inputs, outputs } = await tried(
    process.ask<Pick<RuntimeModel, "inputs" | "outputs">>({ kind: "load", bytes }),
  );
  return {
    inputs,
    outputs,
    run: (values) => tried(process.ask({ kind: "run", inputs: values })),
    release: end,
  };
}

/** A model that had to be stopped is refused. */
async function tried<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (isAppError(error, "timeout", "crashed")) throw new AppError("rejected", error.message, { cause: error });
    throw error;
  }
}
