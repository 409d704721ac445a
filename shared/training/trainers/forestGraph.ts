import { GraphBuilder } from "../../onnx/graph";
import { elementTypeNumber } from "../../onnx/graphTensor";
import { addClassOutputs, type LabelRule } from "./classOutputs";
import type { Forest } from "./forestModel";
import { graphMetadata } from "./graphMetadata";
import type { TrainedCategory } from "./trainedCategory";
import type { ValueScale } from "./valueLeaves";

/** The columns of a forest in its feature order: numbers, then categories whose levels stand in rank order. */
export interface ForestFeatures {
  numbers: readonly string[];
  categories: readonly TrainedCategory[];
}

/** The forest as ONNX bytes: categories become ranks (unknown ones NaN), one TreeEnsembleRegressor, then standard operators. */
export function forestGraph(
  learner: string,
  forest: Forest,
  features: ForestFeatures,
  rule: LabelRule | ValueScale,
): Uint8Array {
  const graph = new GraphBuilder(learner);
  const parts = features.numbers.length > 0 ? [graph.input("numbers", "float", features.numbers.length)] : [];
  if (features.categories.length > 0) {
    const texts = graph.input("categories", "string", features.categories.length);
    features.categories.forEach((category, index) => {
      parts.push(addRanks(graph, texts, category, index));
    });
  }
  const rows = parts.length === 1 ? parts[0] : graph.node("Concat", parts, { axis: { int: 1 } });
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

/** The two sums of each row, both exact in float32, as one number: added and divided in float64, in the order of forestValues. */
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

/** Column `index` of the categories as ranks, [rows, 1]. */
function addRanks(graph: GraphBuilder, texts: string, category: TrainedCategory, index: number): string {
  const column = graph.node("Gather", [texts, graph.constant(BigInt64Array.of(BigInt(index)), [1])], {
    axis: { int: 1 },
  });
  // an encoder without keys is refused; "" never is a level, so it may stand for "nothing known"
  const known = category.levels.length > 0;
  return graph.node("LabelEncoder", [column], {
    keys_strings: { texts: known ? category.levels : [""] },
    values_floats: { floats: known ? category.levels.map((_, rank) => rank) : [Number.NaN] },
    default_float: { float: Number.NaN },
  });
}

function ensembleAttributes(forest: Forest, aggregation: "AVERAGE" | "SUM", unitsOfOne: number) {
  const { treeCount, feature, left, treeStart, outputCount } = forest;
  const tree = new Int32Array(feature.length);
  const start = new Int32Array(feature.length);
  for (let index = 0; index < treeCount; index++) {
    tree.fill(index, treeStart[index], treeStart[index + 1]);
    start.fill(treeStart[index], treeStart[index], treeStart[index + 1]);
  }
  const isSplit = (at: number) => feature[at] >= 0;
  const ids = start.map((first, at) => at - first);
  return {
    aggregate_function: { text: aggregation },
    post_transform: { text: "NONE" },
    n_targets: { int: outputCount },
    nodes_treeids: { ints: tree },
    nodes_nodeids: { ints: ids },
    nodes_featureids: { ints: feature.map((index) => Math.max(index, 0)) },
    nodes_modes: { texts: Array.from(feature, (index) => (index < 0 ? "LEAF" : "BRANCH_LEQ")) },
    nodes_values: { floats: forest.threshold },
    nodes_truenodeids: { ints: left.map((child, at) => (isSplit(at) ? child - start[at] : 0)) },
    nodes_falsenodeids: { ints: left.map((child, at) => (isSplit(at) ? child + 1 - start[at] : 0)) },
    nodes_missing_value_tracks_true: { ints: forest.missingLeft },
    ...leafAttributes(forest, tree, ids, unitsOfOne),
  };
}

function leafAttributes(forest: Forest, tree: Int32Array, ids: Int32Array, unitsOfOne: number) {
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
    target_nodeids: { ints: nodes.map((at) => ids[at]) },
    target_ids: { ints: outputs },
    target_weights: { floats: nodes.map((at, index) => leafValues[at * outputCount + outputs[index]] / unitsOfOne) },
  };
}
