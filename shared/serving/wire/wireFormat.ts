import type { ModelSignature } from "../../onnx/signature";
import type { Problem } from "../../problem";
import type { DecodedRows } from "../decodeRows";
import type { OutputPiece } from "../writePredictions";

/** A body as it stands on the wire. */
export type WireBody = string | Uint8Array;
/** by name in lower case */
export type WireHeaders = Readonly<Record<string, string>>;

/** A request as it crosses to where the model runs: text or bytes, never tensors. */
export interface WireRequest {
  /** the name of its format */
  format: string;
  body: WireBody;
  /** those that the format reads */
  headers?: WireHeaders;
  model: string;
  version: number;
  requestId: string;
}

/** What a reply is written from beside the model's outputs. */
export interface AnsweredRequest<Decoded extends DecodedRows> {
  request: WireRequest;
  decoded: Decoded;
  signature: ModelSignature;
}

export interface WireReply {
  body: WireBody;
  /** beside a content type that is the format's first, or instead of it */
  headers?: WireHeaders;
}

/** A reply with predictions, and what the inference log keeps of them: the same columns (JSON text) in each format. */
export interface PredictionReply extends WireReply {
  log: string;
}

/**
 * A way to ask for predictions and to answer: one file, a line in the registry, and a function that names it. What `decode` finds in a
 * request beyond its rows (an id, the outputs that are wanted) is handed to `encode`; both run beside the event loop, the rest on it.
 */
export interface WireFormat<Decoded extends DecodedRows = DecodedRows> {
  /** by which a captured line and a request that crosses threads name it: it never changes */
  name: string;
  /** media types of its bodies; replies are of the first */
  contentTypes: readonly [string, ...string[]];
  /** Refuses what can be seen to be too large without parsing; AppError too_large. */
  refuseTooLarge(body: WireBody): void;
  /** A request's rows as tensors; AppError invalid_input lists each field at fault, by its path in the body. */
  decode(body: WireBody, headers: WireHeaders, signature: ModelSignature): Decoded;
  /** The reply; AppError internal where the outputs are not an answer to each row. */
  encode(outputs: OutputPiece[], answered: AnsweredRequest<Decoded>): PredictionReply;
  /** What a caller is told of a failure. */
  problem(problem: Problem): WireReply;
  /** The JSON text by which the inference log keeps a request that was answered; of another request any text that shows it. */
  captured(body: WireBody, headers: WireHeaders): string;
  /** The rows of a captured request, cells in the order of the signature's features, as they were sent; undefined where it holds none. */
  rowsOf(captured: unknown, signature: ModelSignature): unknown[][] | undefined;
}
