import { toFailure } from "../errors";
import type { ModelSignature } from "../onnx/signature";
import type { TensorValue } from "../ports";
import { predict } from "../serving/predict";
import type { ServingModel } from "../serving/servingModel";
import type { InferenceJob, InferenceReply } from "./inferenceJobs";
import { createOnnxRuntime } from "./runtime";

/** Wraps every run (and load, with 0 rows) of a job's model, so that its progress can be watched from outside. */
export type WatchRun = <T>(job: number, rows: number, run: () => Promise<T>) => Promise<T>;

/** Does jobs about models outside the caller's event loop: in the thread or process that holds the loaded models. */
export class InferenceWork {
  private readonly runtime = createOnnxRuntime();
  private readonly models = new Map<number, ServingModel>();
  private readonly signatures = new Map<number, ModelSignature>();

  constructor(private readonly watch: WatchRun) {}

  async reply(job: InferenceJob): Promise<InferenceReply> {
    try {
      return { id: job.id, value: await this.perform(job) };
    } catch (error) {
      return { id: job.id, failure: toFailure(error) };
    }
  }

  private async perform(job: InferenceJob): Promise<unknown> {
    if (job.kind === "load") return this.load(job.id, job.model, job.bytes);
    const model = this.models.get(job.model);
    if (model === undefined) throw new Error(`the model ${job.model} was released`);
    const run = (inputs: Record<string, TensorValue>) => this.watch(job.id, rowsOf(inputs), () => model.run(inputs));
    if (job.kind === "run") return run(job.inputs);
    if (job.kind === "predict") {
      if (job.signature) this.signatures.set(job.model, job.signature);
      return predict({ run }, job.request, this.signatures.get(job.model) as ModelSignature);
    }
    this.models.delete(job.model);
    this.signatures.delete(job.model);
    return model.release();
  }

  private async load(job: number, id: number, bytes: Uint8Array) {
    const model = await this.watch(job, 0, () => this.runtime.load(bytes));
    this.models.set(id, model);
    return { inputs: model.inputs, outputs: model.outputs };
  }
}

function rowsOf(inputs: Record<string, TensorValue>): number {
  let rows = 1;
  for (const name in inputs) rows = Math.max(rows, inputs[name].shape[0] ?? 1);
  return rows;
}
