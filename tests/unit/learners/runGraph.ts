import type { FeatureTable } from "../../../shared/featureTable";
import { runTables } from "../../../tools/bench/runTable";

export interface GraphReply {
  labels: string[];
  probabilities: Float32Array;
  /** regression only */
  values: Float32Array;
}

/** Runs ONNX bytes on a table as scoring does; an output that the graph does not have is empty. */
export async function runGraph(bytes: Uint8Array, table: FeatureTable): Promise<GraphReply> {
  const [{ label, probabilities, value }] = await runTables(bytes, [table]);
  return {
    labels: (label?.data ?? []) as string[],
    probabilities: (probabilities?.data ?? new Float32Array(0)) as Float32Array,
    values: (value?.data ?? new Float32Array(0)) as Float32Array,
  };
}
