import { GraphBuilder } from "../../onnx/graph";
import { elementTypeNumber } from "../../onnx/graphTensor";
import { addClassOutputs, type LabelRule } from "../graph/classOutputs";
import { nodeAttributes, nodePlaces } from "../graph/ensembleNodes";
import { graphMetadata } from "../graph/graphMetadata";
import { addRankedRows, type RankedFeatures } from "../treeRows/rankedRows";
import type { BoostedTrees } from "./boostedTrees";

/**
 * The model as ONNX bytes: one TreeEnsembleRegressor whose sums are exact, then a link in float64; without a rule the
 * sum is the value.
 */
export function boostedGraph(
  learner: string,
  model: BoostedTrees,
  features: RankedFeatures,
  rule?: LabelRule,
): Uint8Array {
  const graph = new GraphBuilder(learner);
  const rows = addRankedRows(graph, features);
  const attributes = ensembleAttributes(model);
  if (rule === undefined) {
    graph.output("value", "float", 1);
    graph.node("TreeEnsembleRegressor", [rows], attributes, "value");
    return graph.toBytes(graphMetadata(learner, features));
  }
  const scores = graph.node("TreeEnsembleRegressor", [rows], attributes);
  const wide = graph.node("Cast", [scores], { to: { int: elementTypeNumber("double") } });
  const linked =
    model.outputCount === 1 ? graph.node("Sigmoid", [wide]) : graph.node("Softmax", [wide], { axis: { int: 1 } });
  addClassOutputs(graph, graph.node("Cast", [linked], { to: { int: elementTypeNumber("float") } }), rule);
  return graph.toBytes(graphMetadata(learner, features, rule.classes));
}

function ensembleAttributes(model: BoostedTrees) {
  const { feature, leafValues, unit, base, outputCount } = model;
  const places = nodePlaces(model);
  const leaves = Int32Array.from(feature.keys()).filter((at) => feature[at] < 0);
  return {
    aggregate_function: { text: "SUM" },
    post_transform: { text: "NONE" },
    n_targets: { int: outputCount },
    base_values: { floats: Float64Array.from(base, (steps) => steps * unit) },
    ...nodeAttributes(model, places),
    target_treeids: { ints: leaves.map((at) => places.tree[at]) },
    target_nodeids: { ints: leaves.map((at) => places.id[at]) },
    target_ids: { ints: leaves.map((at) => places.tree[at] % outputCount) },
    target_weights: { floats: Float64Array.from(leaves, (at) => leafValues[at] * unit) },
  };
}
