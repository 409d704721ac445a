import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { AppError, fromFailure } from "../errors";
import { packageRoot } from "../packageRoot";
import type { ModelRuntime, RuntimeModel } from "../ports";
import type { InferenceJob, InferenceReply, InferenceTask } from "./inferenceJobs";

/**
 * ModelRuntime for models that nobody knows yet: each has a process of its own, one at a time, so that one which never answers, takes all
 * memory or brings the runtime down harms nothing else. AppError rejected when it does not answer within `limitMs` or ends its process.
 */
export function createIsolatedRuntime(limitMs = 30_000): ModelRuntime {
  let last: Promise<void> = Promise.resolve();
  return {
    load: async (bytes) => {
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = promise;
      await before;
      return loadModel(new InferenceProcess(limitMs, resolve), bytes);
    },
  };
}

async function loadModel(process: InferenceProcess, bytes: Uint8Array): Promise<RuntimeModel> {
  try {
    const { inputs, outputs } = await process.ask<Pick<RuntimeModel, "inputs" | "outputs">>({ kind: "load", bytes });
    return {
      inputs,
      outputs,
      run: (values) => process.ask({ kind: "run", inputs: values }),
      predict: (body, signature) => process.ask({ kind: "predict", body, signature }),
      release: () => process.end(),
    };
  } catch (error) {
    await process.end();
    throw error;
  }
}

class InferenceProcess {
  private readonly child: ChildProcess;
  private readonly exited: Promise<string>;
  private asked = 0;

  constructor(
    private readonly limitMs: number,
    onExit: () => void,
  ) {
    this.child = fork(path.join(packageRoot(), "dist/shared/onnx/inferenceProcess.js"), {
      execArgv: [],
      serialization: "advanced",
    });
    this.exited = new Promise((resolve) => {
      this.child.once("exit", (code, signal) => resolve(String(signal ?? code)));
      this.child.once("error", (error) => resolve(error.message));
    });
    this.exited.then(onExit);
  }

  /** The value of a task; fails as the task did. One task at a time. */
  async ask<T>(task: InferenceTask): Promise<T> {
    const id = ++this.asked;
    const answered = new Promise<InferenceReply>((resolve) => this.child.once("message", resolve));
    this.child.send({ ...task, id, model: 1 } satisfies InferenceJob, () => undefined); // an ended process says so by its exit
    const reply = await this.within(answered);
    if ("failure" in reply) throw fromFailure(reply.failure);
    return reply.value as T;
  }

  async end(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.exited;
  }

  private async within<T>(answered: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const reason = `the model did not answer within ${this.limitMs / 1000} s`;
      timer = setTimeout(() => reject(new AppError("rejected", reason)), this.limitMs);
    });
    const gone = this.exited.then((how) => {
      throw new AppError("rejected", `the model ended the process that tried it (${how})`);
    });
    try {
      return await Promise.race([answered, late, gone]);
    } finally {
      clearTimeout(timer);
      gone.catch(() => undefined);
    }
  }
}
