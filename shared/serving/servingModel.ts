import type { ModelSignature } from "../onnx/signature";
import type { RuntimeModel } from "../ports";
import type { Predictions } from "./predict";
import type { WireRequest } from "./wire/wireFormat";

/** A loaded model as serving needs it: a request crosses to where the model runs, and the reply comes back. */
export interface ServingModel extends RuntimeModel {
  /** Answers a request in its format; AppError invalid_input lists each field at fault. */
  predict(request: WireRequest, signature: ModelSignature): Promise<Predictions>;
}

/** A ModelRuntime whose models answer requests. */
export interface ServingRuntime {
  /** Loads ONNX bytes; AppError rejected with the runtime's reason if they are not a usable model. */
  load(bytes: Uint8Array): Promise<ServingModel>;
}
