import type { Failure } from "../errors";
import type { TensorValue } from "../ports";
import type { ModelSignature } from "./signature";

/** What the inference thread is asked about a model, which goes by number. */
export type InferenceTask =
  | { kind: "load"; bytes: Uint8Array }
  | { kind: "run"; inputs: Record<string, TensorValue> }
  /** `signature` only where it is not the one that came before */
  | { kind: "predict"; body: string; signature?: ModelSignature }
  | { kind: "release" };

export type InferenceJob = InferenceTask & { id: number; model: number };
export type InferenceReply = { id: number; value: unknown } | { id: number; failure: Failure };

/** Places in the memory that both threads see. */
export const threadState = { busy: 0, ending: 1 } as const;
