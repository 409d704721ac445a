import { setImmediate as nextTurn } from "node:timers/promises";
import type { CategoryColumn, FeatureTable, FeatureType, NumberColumn } from "../featureTable";
import type { ModelSignature } from "../onnx/signature";
import type { RuntimeModel, TensorValue } from "../ports";
import { type CellOf, toTensors } from "./tensors";

export interface TablePredictions {
  /** class probabilities, rows x classes, row-major; for regression, one number per row */
  predictions: Float64Array;
  /** empty for regression */
  labels: string[];
}

const chunkRows = 1024;

/** Runs a model on a feature table, in pieces that let the event loop run in between. */
export async function predictTable(
  model: RuntimeModel,
  signature: ModelSignature,
  table: FeatureTable,
): Promise<TablePredictions> {
  const { labelOutput } = signature;
  const output = labelOutput === undefined ? signature.valueOutput : signature.probabilityOutput;
  if (output === undefined) throw new Error("the model returns neither probabilities nor a number");
  const labels: string[] = [];
  let predictions = new Float64Array(0);
  for (let start = 0; start < table.rowCount; start += chunkRows) {
    const count = Math.min(chunkRows, table.rowCount - start);
    const outputs = await model.run(tensorsOf(signature, table, start, count));
    const part = outputs[output].data as Float32Array;
    if (start === 0) predictions = new Float64Array((part.length / count) * table.rowCount);
    predictions.set(part, start * (part.length / count));
    if (labelOutput) for (const label of outputs[labelOutput].data as string[]) labels.push(String(label));
    await nextTurn();
  }
  return { predictions, labels };
}

function tensorsOf(
  signature: ModelSignature,
  table: FeatureTable,
  start: number,
  count: number,
): Record<string, TensorValue> {
  const columns: Record<FeatureType, Map<string, NumberColumn | CategoryColumn>> = {
    number: new Map(table.numbers.map((column) => [column.name, column])),
    category: new Map(table.categories.map((column) => [column.name, column])),
  };
  return toTensors(signature, count, ({ name, type }) => {
    const column = columns[type].get(name);
    if (column === undefined) throw new Error(`the table has no column ${name} of the type ${type}`);
    return cellsOf(column, start);
  });
}

function cellsOf(column: NumberColumn | CategoryColumn, start: number): CellOf {
  if ("values" in column) return (row) => column.values[start + row];
  if ("codes" in column) return (row) => column.levels[column.codes[start + row]] ?? "";
  return column satisfies never;
}
