import { setImmediate as nextTurn } from "node:timers/promises";
import { AppError, isAppError } from "../errors";
import type { ModelSignature } from "../onnx/signature";
import type { RuntimeModel } from "../ports";
import type { DecodedRows } from "./decodeRows";
import type { RowWarnings } from "./rowWarnings";
import { sliceTensors } from "./tensors";
import { wireFormat } from "./wire/registry";
import type { PredictionReply, WireFormat, WireRequest } from "./wire/wireFormat";
import type { OutputPiece } from "./writePredictions";

/** A run blocks the event loop for its whole length, so long batches go in pieces of this many rows. */
const chunkRows = 1024;

/** The reply to a request, the number of its rows, and the warnings about them. */
export type Predictions = PredictionReply & { rowCount: number; warnings?: RowWarnings };

type Runnable = Pick<RuntimeModel, "run">;

/** Answers a request in its format: decodes its rows, runs the model on them and writes the reply. */
export async function predict(
  runtime: Runnable,
  request: WireRequest,
  signature: ModelSignature,
): Promise<Predictions> {
  const format = wireFormat(request.format);
  const decoded = decode(format, request, signature);
  const { rowCount, warnings } = decoded;
  const reply = format.encode(await runRows(runtime, decoded), { request, decoded, signature });
  return { ...reply, rowCount, ...(warnings && { warnings }) };
}

/** The rows of a request; AppError preparation_failed where that fails by a bug, whose words may quote a value. */
function decode(
  format: WireFormat,
  { body, headers = {}, context }: WireRequest,
  signature: ModelSignature,
): DecodedRows {
  try {
    return format.decode(body, headers, signature, context);
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    console.error("scoring: the rows of a request could not be prepared:", cause);
    throw new AppError("preparation_failed", "the rows could not be prepared for the model; the log has the cause", {
      cause,
    });
  }
}

/** What the model returns for decoded rows, in pieces that let the event loop run in between. */
export async function runRows(runtime: Runnable, { rowCount, tensors }: DecodedRows): Promise<OutputPiece[]> {
  if (rowCount <= chunkRows && rowCount > 0) return [{ outputs: await runtime.run(tensors), rowCount }];
  const pieces = [];
  for (let start = 0; start < rowCount; start += chunkRows) {
    const count = Math.min(chunkRows, rowCount - start);
    pieces.push({ outputs: await runtime.run(sliceTensors(tensors, start, count)), rowCount: count });
    await nextTurn(); // lets other requests run between two pieces
  }
  return pieces;
}
