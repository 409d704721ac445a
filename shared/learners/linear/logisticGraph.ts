import { GraphBuilder } from "../../onnx/graph";
import { elementTypeNumber } from "../../onnx/graphTensor";
import { addClassOutputs, type LabelRule } from "../graph/classOutputs";
import { graphMetadata } from "../graph/graphMetadata";
import type { LinearFeatures } from "./linearFeatures";
import { addLinearScores, columnsOf } from "./linearGraph";
import type { LinearWeights } from "./linearWeights";

/**
 * The model as ONNX bytes: scores and probabilities in float64, rounded to float32 at the end; `notes` go to its
 * metadata.
 */
export function logisticGraph(
  features: LinearFeatures,
  model: LinearWeights,
  rule: LabelRule,
  notes: object,
): Uint8Array {
  const graph = new GraphBuilder("logistic-regression");
  const scores = addLinearScores(graph, features, model);
  const probabilities =
    model.outputCount === 1 ? graph.node("Sigmoid", [scores]) : graph.node("Softmax", [scores], { axis: { int: 1 } });
  addClassOutputs(graph, graph.node("Cast", [probabilities], { to: { int: elementTypeNumber("float") } }), rule);
  const metadata = graphMetadata("logistic-regression", columnsOf(features), rule.classes);
  return graph.toBytes({ ...metadata, fit: JSON.stringify(notes) });
}
