import type { FeatureTable } from "../../shared/featureTable";
import { createOnnxRuntime } from "../../shared/onnxruntime/runtime";
import type { TensorValue } from "../../shared/ports";

/**
 * Runs an ONNX model on each table as scoring does: NaN for a missing number, "" for a missing category; returns
 * outputs by name.
 */
export async function runTables(bytes: Uint8Array, tables: FeatureTable[]): Promise<Record<string, TensorValue>[]> {
  const model = await createOnnxRuntime().load(bytes);
  try {
    const replies: Record<string, TensorValue>[] = [];
    for (const table of tables) replies.push(await model.run(tensorsOf(table)));
    return replies;
  } finally {
    await model.release();
  }
}

function tensorsOf({ rowCount, numbers, categories }: FeatureTable): Record<string, TensorValue> {
  const tensors: Record<string, TensorValue> = {};
  if (numbers.length > 0) {
    const data = new Float32Array(rowCount * numbers.length);
    for (let at = 0; at < data.length; at++)
      data[at] = numbers[at % numbers.length].values[Math.floor(at / numbers.length)];
    tensors.numbers = { datatype: "FP32", shape: [rowCount, numbers.length], data };
  }
  if (categories.length > 0) {
    const data = Array.from({ length: rowCount * categories.length }, (_, at) => {
      const { codes, levels } = categories[at % categories.length];
      const code = codes[Math.floor(at / categories.length)];
      return code < 0 ? "" : levels[code];
    });
    tensors.categories = { datatype: "BYTES", shape: [rowCount, categories.length], data };
  }
  return tensors;
}
