import { AppError, isAppError } from "../errors";
import type { ModelRuntime, RuntimeModel } from "../ports";
import type { InferenceLimits } from "./inferenceLimits";
import { ModelProcess } from "./modelProcess";

/** so that one which never answers does not hold up the next for long */
const atOnce = 2;

/**
 * ModelRuntime for models that nobody knows yet: each has a process of its own, two at a time, so that one which never answers, takes all
 * memory or brings the runtime down harms nothing else. AppError rejected when it was stopped for it.
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

/** Places for so many at once; those that wait get one in their order. */
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

/** A model that had to be stopped is refused for it. */
async function tried<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (isAppError(error, "timeout", "crashed")) throw new AppError("rejected", error.message, { cause: error });
    throw error;
  }
}
