import type { Failure } from "../errors";
import type { ModelSignature } from "../onnx/signature";
import type { TensorValue } from "../ports";
import type { WireRequest } from "../serving/wire/wireFormat";

/** A task about a model, identified by its number, that runs beside the event loop. */
export type InferenceTask =
  | { kind: "load"; bytes: Uint8Array }
  | { kind: "run"; inputs: Record<string, TensorValue> }
  /** `signature` only if it differs from the previous one */
  | { kind: "predict"; request: WireRequest; signature?: ModelSignature }
  | { kind: "release" };

export type InferenceJob = InferenceTask & { id: number; model: number };
export type InferenceReply = { id: number; value: unknown } | { id: number; failure: Failure };
/** Sent by a process when it begins to run a job's model on `rows` rows. */
export type InferenceBegun = { id: number; rows: number };

/**
 * Places in the memory that both threads share: whether a run is in progress, whether the process is ending, the job
 * that is running (0: none), its rows (0: it loads a model), and a count of the jobs that have ended.
 */
export const threadState = { busy: 0, ending: 1, job: 2, rows: 3, done: 4 } as const;
export const threadStateBytes = 5 * Int32Array.BYTES_PER_ELEMENT;
