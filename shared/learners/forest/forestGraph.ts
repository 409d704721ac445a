import { GraphBuilder } from "../../onnx/graph";
import { elementTypeNumber } from "../../onnx/graphTensor";
import { addClassOutputs, type LabelRule } from "../graph/classOutputs";
import { type NodePlaces, nodeAttributes, nodePlaces } from "../graph/ensembleNodes";
import { graphMetadata } from "../graph/graphMetadata";
import { addRankedRows, type RankedFeatures } from "../treeRows/rankedRows";
import type { Forest } from "./forestModel";
import type { ValueScale } from "./valueLeaves";

/**
 * The forest as ONNX bytes: categories become numbers (unknown ones NaN), one TreeEnsembleRegressor, then standard
 * operators.
 */
export function forestGraph(
  learner: string,
  forest: Forest,
  features: RankedFeatures,
  rule: LabelRule | ValueScale,
): Uint8Array {
  const graph = new GraphBuilder(learner);
  const rows = addRankedRows(graph, features);
  if ("centre" in rule) {
    addValueOutput(
      graph,
      graph.node("TreeEnsembleRegressor", [rows], ensembleAttributes(forest, "SUM", 1)),
      forest,
      rule,
    );
    return graph.toBytes(graphMetadata(learner, features));
  }
  const attributes = ensembleAttributes(forest, "AVERAGE", forest.leafUnits);
  addClassOutputs(graph, graph.node("TreeEnsembleRegressor", [rows], attributes), rule);
  return graph.toBytes(graphMetadata(learner, features, rule.classes));
}

/**
 * The two sums of each row, both exact in float32, as one number: added and divided in float64, in the order of
 * forestValues.
 */
function addValueOutput(graph: GraphBuilder, sums: string, forest: Forest, { centre, unit }: ValueScale): void {
  graph.output("value", "float", 1);
  const wide = graph.node("Cast", [sums], { to: { int: elementTypeNumber("double") } });
  const units = graph.constant(Float64Array.of(forest.leafUnits * unit, unit), [1, 2]);
  const axis = graph.constant(BigInt64Array.of(1n), [1]);
  const sum = graph.node("ReduceSum", [graph.node("Mul", [wide, units]), axis]);
  const mean = graph.node("Div", [sum, graph.constant(Float64Array.of(forest.treeCount), [1])]);
  const value = graph.node("Add", [mean, graph.constant(Float64Array.of(centre), [1])]);
  graph.node("Cast", [value], { to: { int: elementTypeNumber("float") } }, "value");
}

function ensembleAttributes(forest: Forest, aggregation: "AVERAGE" | "SUM", unitsOfOne: number) {
  const places = nodePlaces(forest);
  return {
    aggregate_function: { text: aggregation },
    post_transform: { text: "NONE" },
    n_targets: { int: forest.outputCount },
    ...nodeAttributes(forest, places),
    ...leafAttributes(forest, places, unitsOfOne),
  };
}

function leafAttributes(forest: Forest, { tree, id }: NodePlaces, unitsOfOne: number) {
  const { feature, leafValues, outputCount } = forest;
  const nodes: number[] = [];
  const outputs: number[] = [];
  for (let at = 0; at < feature.length; at++) {
    for (let output = 0; output < outputCount && feature[at] < 0; output++) {
      nodes.push(at);
      outputs.push(output);
    }
  }
  return {
    target_treeids: { ints: nodes.map((at) => tree[at]) },
    target_nodeids: { ints: nodes.map((at) => id[at]) },
    target_ids: { ints: outputs },
    target_weights: { floats: nodes.map((at, index) => leafValues[at * outputCount + outputs[index]] / unitsOfOne) },
  };
}
