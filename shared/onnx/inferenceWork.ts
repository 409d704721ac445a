import { toFailure } from "../errors";
import type { RuntimeModel } from "../ports";
import type { InferenceJob, InferenceReply } from "./inferenceJobs";
import { createOnnxRuntime } from "./runtime";
import type { ModelSignature } from "./signature";

/** Answers jobs about models beside the event loop that asks: in a thread or a process of their own, where the loaded models live. */
export class InferenceWork {
  private readonly runtime = createOnnxRuntime();
  private readonly models = new Map<number, RuntimeModel>();
  private readonly signatures = new Map<number, ModelSignature>();

  async reply(job: InferenceJob): Promise<InferenceReply> {
    try {
      return { id: job.id, value: await this.perform(job) };
    } catch (error) {
      return { id: job.id, failure: toFailure(error) };
    }
  }

  private async perform(job: InferenceJob): Promise<unknown> {
    if (job.kind === "load") return this.load(job.model, job.bytes);
    const model = this.models.get(job.model);
    if (model === undefined) throw new Error(`the model ${job.model} was released`);
    if (job.kind === "run") return model.run(job.inputs);
    if (job.kind === "predict") {
      if (job.signature) this.signatures.set(job.model, job.signature);
      return model.predict(job.body, this.signatures.get(job.model) as ModelSignature);
    }
    this.models.delete(job.model);
    this.signatures.delete(job.model);
    return model.release();
  }

  private async load(id: number, bytes: Uint8Array) {
    const model = await this.runtime.load(bytes);
    this.models.set(id, model);
    return { inputs: model.inputs, outputs: model.outputs };
  }
}
