import { setImmediate as nextTurn } from "node:timers/promises";
import type { ModelSignature } from "../onnx/signature";
import type { RuntimeModel, TensorValue } from "../ports";
import type { DecodedRows } from "./decodeRows";

/** One row's prediction on the wire: a class with its probability, or a number for regression. */
export type Prediction =
  | { label: string; probability?: number; probabilities?: Record<string, number> }
  | { value: number };

/** A run blocks the event loop for its whole length, so long batches go in pieces of this many rows. */
const chunkRows = 1024;

/** Runs the model on decoded rows and reads its outputs by the signature's roles. */
export async function predict(
  runtime: RuntimeModel,
  signature: ModelSignature,
  rows: DecodedRows,
): Promise<Prediction[]> {
  if (rows.rowCount === 0) return [];
  if (rows.rowCount <= chunkRows) return readPredictions(await runtime.run(rows.tensors), signature, rows.rowCount);
  const all: Prediction[] = [];
  for (let start = 0; start < rows.rowCount; start += chunkRows) {
    const count = Math.min(chunkRows, rows.rowCount - start);
    const outputs = await runtime.run(sliceTensors(rows.tensors, start, count));
    for (const prediction of readPredictions(outputs, signature, count)) all.push(prediction);
    await nextTurn(); // lets other requests in between two pieces
  }
  return all;
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

function readPredictions(
  outputs: Record<string, TensorValue>,
  signature: ModelSignature,
  rowCount: number,
): Prediction[] {
  const { labelOutput, probabilityOutput, valueOutput, classes } = signature;
  if (labelOutput === undefined) {
    const values = outputs[valueOutput as string].data;
    return Array.from({ length: rowCount }, (_, row) => ({ value: Number(values[row]) }));
  }
  const labels = outputs[labelOutput].data;
  const probabilities = probabilityOutput === undefined ? undefined : outputs[probabilityOutput];
  const predictions = new Array<Prediction>(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const label = String(labels[row]);
    predictions[row] = probabilities ? withProbabilities(label, probabilities, row, rowCount, classes) : { label };
  }
  return predictions;
}

function withProbabilities(
  label: string,
  tensor: TensorValue,
  row: number,
  rowCount: number,
  classes: string[] | undefined,
): Prediction {
  const data = tensor.data as Float32Array;
  const width = data.length / rowCount;
  const start = row * width;
  const names = classes?.length === width ? classes : undefined;
  if (names === undefined) {
    // a model trained elsewhere does not tell the order of its classes: the returned label is the likeliest one
    let highest = data[start];
    for (let i = 1; i < width; i++) if (data[start + i] > highest) highest = data[start + i];
    return { label, probability: highest };
  }
  const byClass: Record<string, number> = {};
  for (let i = 0; i < width; i++) byClass[names[i]] = data[start + i];
  return { label, probability: byClass[label], probabilities: byClass };
}
