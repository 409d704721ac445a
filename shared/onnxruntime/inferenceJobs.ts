import type { Failure } from "../errors";
import type { ModelSignature } from "../onnx/signature";
import type { TensorValue } from "../ports";
import type { WireRequest } from "../serving/wire/wireFormat";

/** What is asked beside the event loop about a model, which goes by number. */
export type InferenceTask =
  | { kind: "load"; bytes: Uint8Array }
  | { kind: "run"; inputs: Record<string, TensorValue> }
  /** `signature` only where it is not the one that came before */
  | { kind: "predict"; request: WireRequest; signature?: ModelSignature }
  | { kind: "release" };

export type InferenceJob = InferenceTask & { id: number; model: number };
export type InferenceReply = { id: number; value: unknown } | { id: number; failure: Failure };
/** Word from a process that it begins to run a job's model on so many rows. */
export type InferenceBegun = { id: number; rows: number };

/**
 * Places in the memory that both threads see: whether a run is on its way, whether the process ends, the job that runs (0: none), its
 * rows (0: it loads a model), and a count of what came to its end.
 */
export const threadState = { busy: 0, ending: 1, job: 2, rows: 3, done: 4 } as const;
export const threadStateBytes = 5 * Int32Array.BYTES_PER_ELEMENT;
