import type { FeatureTable } from "../../featureTable";
import { embedGraph } from "../../onnx/embedGraph";
import { type FeatureDomain, float32Limits, limitsNumbers } from "../../onnx/featureDomain";
import { GraphBuilder } from "../../onnx/graph";
import type { DeclaredFeature } from "../../onnx/signature";
import type { Task } from "../trainer";
import { addTableInputs } from "./tableInputs";

/**
 * The model of ONNX `bytes`, which takes the columns of `table`, with the features' domains in front of it: what counts
 * as missing in training becomes NaN in every runtime. Categories need no nodes: a text that training rows did not hold
 * is missing to every learner.
 */
export function guardGraph(
  bytes: Uint8Array,
  table: Pick<FeatureTable, "numbers" | "categories">,
  features: readonly DeclaredFeature[],
  task: Task,
): Uint8Array {
  const domains = new Map(features.flatMap(({ name, domain }) => (domain ? [[name, domain] as const] : [])));
  if (domains.size === 0) return bytes;
  const graph = new GraphBuilder("guarded");
  const { numbers, categories } = addTableInputs(graph, table);
  const inputs: Record<string, string> = {};
  if (numbers !== undefined)
    inputs.numbers = addGuard(
      graph,
      numbers,
      table.numbers.map(({ name }) => domains.get(name)),
    );
  if (categories !== undefined) inputs.categories = categories;
  const outputs = task === "classification" ? ["label", "probabilities"] : ["value"];
  const { metadata } = embedGraph(graph, bytes, { prefix: "guarded", inputs, outputs, asOutputs: true });
  return graph.toBytes({ ...metadata, domains: JSON.stringify([...domains]) });
}

/** NaN for each cell of a [rows, columns] tensor that its column's domain calls missing. */
function addGuard(graph: GraphBuilder, cells: string, domains: readonly (FeatureDomain | undefined)[]): string {
  if (!domains.some((domain) => domain && limitsNumbers(domain))) return cells;
  const limits = domains.map((domain) => float32Limits(domain ?? { sentinels: [] }));
  const row = (values: number[]) => graph.constant(Float32Array.from(values), [1, values.length]);
  const conditions: string[] = [];
  const lows = limits.map(({ low }) => low);
  if (lows.some(Number.isFinite)) conditions.push(graph.node("Less", [cells, row(lows)]));
  const highs = limits.map(({ high }) => high);
  if (highs.some(Number.isFinite)) conditions.push(graph.node("Greater", [cells, row(highs)]));
  const most = Math.max(...limits.map(({ sentinels }) => sentinels.length));
  for (let at = 0; at < most; at++)
    conditions.push(graph.node("Equal", [cells, row(limits.map(({ sentinels }) => sentinels[at] ?? Number.NaN))]));
  const isMissing = conditions.reduce((one, other) => graph.node("Or", [one, other]));
  return graph.node("Where", [isMissing, graph.constant(Float32Array.of(Number.NaN), [1, 1]), cells]);
}
