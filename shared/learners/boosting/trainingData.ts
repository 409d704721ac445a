import { type FeatureTable, gather, selectRows } from "../../featureTable";
import type { TrainingTarget } from "../trainer";

/** Rows to boost on; every weight is positive. */
export interface TrainingData {
  table: FeatureTable;
  target: TrainingTarget;
  weights: Float64Array;
  times?: Float64Array;
}

/** The rows of positive weight, weights scaled to a mean of 1. */
export function trainingData(
  table: FeatureTable,
  target: TrainingTarget,
  sampleWeights: Float64Array | undefined,
  times: Float64Array | undefined,
): TrainingData {
  if (sampleWeights === undefined) return { table, target, weights: new Float64Array(table.rowCount).fill(1), times };
  const rows = Int32Array.from(sampleWeights.keys()).filter((row) => sampleWeights[row] > 0);
  const all = { table, target, weights: sampleWeights, times };
  const data = rows.length < table.rowCount ? selectData(all, rows) : all;
  const mean = data.weights.reduce((sum, weight) => sum + weight, 0) / rows.length;
  return { ...data, weights: data.weights.map((weight) => weight / mean) };
}

/** The given rows of `data`, in that order. */
export function selectData({ table, target, weights, times }: TrainingData, rows: Int32Array): TrainingData {
  const pick = (values: Float64Array) => gather(values, new Float64Array(rows.length), rows);
  return {
    table: selectRows(table, rows),
    target: selectTarget(target, rows),
    weights: pick(weights),
    times: times && pick(times),
  };
}

function selectTarget(target: TrainingTarget, rows: Int32Array): TrainingTarget {
  if (target.task === "classification")
    return { ...target, codes: gather(target.codes, new Int32Array(rows.length), rows) };
  return { ...target, values: gather(target.values, new Float64Array(rows.length), rows) };
}
