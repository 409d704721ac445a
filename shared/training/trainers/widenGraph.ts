import type { FeatureTable } from "../../data/featureTable";
import { embedGraph } from "../../onnx/embedGraph";
import { GraphBuilder } from "../../onnx/graph";
import type { Task } from "./trainer";
import type { KeptColumns } from "./varyingColumns";

/** The model of ONNX `bytes`, which takes the kept columns of `table`, as one that takes all of them. */
export function widenGraph(bytes: Uint8Array, table: FeatureTable, kept: KeptColumns, task: Task): Uint8Array {
  if (kept.numbers.length === table.numbers.length && kept.categories.length === table.categories.length) return bytes;
  const graph = new GraphBuilder("kept columns");
  const inputs: Record<string, string> = {};
  const take = (name: keyof KeptColumns, type: "float" | "string") => {
    const width = table[name].length;
    if (width === 0) return;
    const whole = graph.input(name, type, width);
    if (kept[name].length === 0) return;
    const positions = graph.constant(BigInt64Array.from(kept[name], BigInt), [kept[name].length]);
    inputs[name] = kept[name].length === width ? whole : graph.node("Gather", [whole, positions], { axis: { int: 1 } });
  };
  take("numbers", "float");
  take("categories", "string");
  const outputs = task === "classification" ? ["label", "probabilities"] : ["value"];
  const { metadata } = embedGraph(graph, bytes, { prefix: "kept", inputs, outputs, asOutputs: true });
  const names = (columns: { name: string }[]) => columns.map(({ name }) => name);
  const columns = { numbers: names(table.numbers), categories: names(table.categories) };
  return graph.toBytes({ ...metadata, columns: JSON.stringify(columns) });
}
