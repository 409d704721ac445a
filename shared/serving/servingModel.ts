import type { ModelSignature } from "../onnx/signature";
import type { RuntimeModel } from "../ports";
import type { Predictions } from "./predict";

/** A loaded model as serving needs it: a request's body crosses to where the model runs, and the answer's text comes back. */
export interface ServingModel extends RuntimeModel {
  /** Predicts the rows of a request's body; AppError invalid_input lists each field at fault. */
  predict(body: string, signature: ModelSignature): Promise<Predictions>;
}

/** ModelRuntime whose models answer requests. */
export interface ServingRuntime {
  /** Loads ONNX bytes; AppError rejected with the runtime's reason when they are no usable model. */
  load(bytes: Uint8Array): Promise<ServingModel>;
}
