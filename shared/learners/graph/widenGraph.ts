import type { FeatureTable } from "../../featureTable";
import { embedGraph } from "../../onnx/embedGraph";
import { GraphBuilder } from "../../onnx/graph";
import type { KeptColumns } from "../rows/varyingColumns";
import type { Task } from "../trainer";
import { graphMetadata } from "./graphMetadata";
import { addTableInputs, columnNames } from "./tableInputs";

/** The model of ONNX `bytes`, which takes the kept columns of `table`, as one that takes all of them. */
export function widenGraph(bytes: Uint8Array, table: FeatureTable, kept: KeptColumns, task: Task): Uint8Array {
  if (kept.numbers.length === table.numbers.length && kept.categories.length === table.categories.length) return bytes;
  const graph = new GraphBuilder("kept columns");
  const whole = addTableInputs(graph, table);
  const inputs: Record<string, string> = {};
  for (const name of ["numbers", "categories"] as const) {
    const input = whole[name];
    const positions = kept[name];
    if (input === undefined || positions.length === 0) continue;
    inputs[name] = positions.length === table[name].length ? input : gatherColumns(graph, input, positions);
  }
  const outputs = task === "classification" ? ["label", "probabilities"] : ["value"];
  const { metadata } = embedGraph(graph, bytes, { prefix: "kept", inputs, outputs, asOutputs: true });
  const { columns } = graphMetadata(metadata.learner, columnNames(table));
  return graph.toBytes({ ...metadata, columns });
}

/** The columns at `positions` of a [rows, width] tensor. */
function gatherColumns(graph: GraphBuilder, input: string, positions: readonly number[]): string {
  const indices = graph.constant(BigInt64Array.from(positions, BigInt), [positions.length]);
  return graph.node("Gather", [input, indices], { axis: { int: 1 } });
}
