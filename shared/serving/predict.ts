import { setImmediate as nextTurn } from "node:timers/promises";
import type { ModelSignature } from "../onnx/signature";
import type { RuntimeModel, TensorValue } from "../ports";
import { requestJson } from "../requestJson";
import { type DecodedRows, decodeRows } from "./decodeRows";
import type { RowWarnings } from "./rowWarnings";
import { type PredictionText, writePredictions } from "./writePredictions";

/** A run blocks the event loop for its whole length, so long batches go in pieces of this many rows. */
const chunkRows = 1024;

/** A request's predictions as text, of how many rows, and what there was to warn about in them. */
export type Predictions = PredictionText & { rowCount: number; warnings?: RowWarnings };

type Runnable = Pick<RuntimeModel, "run">;

/** Predicts the rows of a request's JSON body; AppError invalid_input lists each field at fault. */
export async function predictBody(runtime: Runnable, signature: ModelSignature, body: string): Promise<Predictions> {
  const rows = decodeRows(requestJson(body), signature);
  const { rowCount, warnings } = rows;
  const { reply, log } = await predict(runtime, signature, rows);
  return { rowCount, reply, log, ...(warnings && { warnings }) };
}

/** Runs the model on decoded rows and writes its outputs by the signature's roles, for the reply and for the log. */
export async function predict(
  runtime: Runnable,
  signature: ModelSignature,
  rows: DecodedRows,
): Promise<PredictionText> {
  if (rows.rowCount <= chunkRows && rows.rowCount > 0)
    return writePredictions([{ outputs: await runtime.run(rows.tensors), rowCount: rows.rowCount }], signature);
  const pieces = [];
  for (let start = 0; start < rows.rowCount; start += chunkRows) {
    const rowCount = Math.min(chunkRows, rows.rowCount - start);
    pieces.push({ outputs: await runtime.run(sliceTensors(rows.tensors, start, rowCount)), rowCount });
    await nextTurn(); // lets other requests in between two pieces
  }
  return writePredictions(pieces, signature);
}

function sliceTensors(tensors: Record<string, TensorValue>, start: number, count: number): Record<string, TensorValue> {
  const sliced: Record<string, TensorValue> = {};
  for (const [name, { datatype, shape, data }] of Object.entries(tensors)) {
    const width = shape.length === 2 ? shape[1] : 1;
    const part = data.slice(start * width, (start + count) * width) as TensorValue["data"];
    sliced[name] = { datatype, shape: shape.length === 2 ? [count, width] : [count], data: part };
  }
  return sliced;
}
