import type { ModelSignature } from "../../onnx/signature";
import type { Problem } from "../../problem";
import type { DecodedRows } from "../decodeRows";
import type { OutputPiece } from "../writePredictions";

/** A body as it is on the wire. */
export type WireBody = string | Uint8Array;
/** keyed by name in lower case */
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
  /** columns that rows may bring beside the features; the model does not see them */
  context?: readonly string[];
}

/** What a reply is written from, besides the model's outputs. */
export interface AnsweredRequest<Decoded extends DecodedRows> {
  request: WireRequest;
  decoded: Decoded;
  signature: ModelSignature;
}

export interface WireReply {
  body: WireBody;
  /** in addition to the content type, which is the format's first unless it is given here */
  headers?: WireHeaders;
}

/** A reply with predictions, and what the inference log keeps of them: the same columns (JSON text) in every format. */
export interface PredictionReply extends WireReply {
  log: string;
}

/**
 * A way to request predictions and to return them: one file, one line in the registry, and a function that names it.
 * What `decode` finds in a request besides its rows (an id, the requested outputs) is passed on to `encode`; both run
 * where the model runs, everything else on the event loop.
 */
export interface WireFormat<Decoded extends DecodedRows = DecodedRows> {
  /** stored in captured lines and sent with requests to the model's thread: it never changes */
  name: string;
  /** media types of its bodies; replies have the first */
  contentTypes: readonly [string, ...string[]];
  /** Refuses a body that can be recognised as too large without parsing it; AppError too_large. */
  refuseTooLarge(body: WireBody): void;
  /**
   * A request's rows as tensors; AppError invalid_input lists each field at fault, by its path in the body. A field of
   * a row that is neither a feature nor in `context` gets a warning.
   */
  decode(body: WireBody, headers: WireHeaders, signature: ModelSignature, context?: readonly string[]): Decoded;
  /** The reply; AppError internal if the outputs do not answer every row. */
  encode(outputs: OutputPiece[], answered: AnsweredRequest<Decoded>): PredictionReply;
  /** What a caller is told of a failure. */
  problem(problem: Problem): WireReply;
  /**
   * What the inference log keeps of a request: JSON text that `rowsOf` can read if it was answered, else any text that
   * shows it.
   */
  captured(body: WireBody, headers: WireHeaders): string;
  /**
   * The rows of a captured request as `decode` saw them, cells in signature order, null for a missing value; undefined
   * if it contains none.
   */
  rowsOf(captured: unknown, signature: ModelSignature): unknown[][] | undefined;
  /**
   * What the rows of a captured request bring of `columns`, one array for each column in their order, undefined for a
   * cell that a row does not bring; for requests that `rowsOf` can read.
   */
  contextOf(captured: unknown, columns: readonly string[]): unknown[][];
  /** The fields of those rows by name, where the format names them: columns that are no inputs may stand among them. */
  fieldsOf?(captured: unknown): Record<string, unknown>[] | undefined;
  /**
   * The captured request with every cell of a masked column in its place as its mask has it, and without the values of
   * fields that nobody declared; undefined if it contains no rows.
   */
  masked(captured: string, masks: CellMasks, signature: ModelSignature): string | undefined;
}

/** What is captured of sensitive columns, and which columns a use case declares. */
export interface CellMasks {
  masks: ReadonlyMap<string, { mask(cell: unknown): unknown }>;
  declared: ReadonlySet<string>;
}
