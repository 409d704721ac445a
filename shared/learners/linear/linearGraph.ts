import type { GraphBuilder } from "../../onnx/graph";
import { elementTypeNumber } from "../../onnx/graphTensor";
import type { LinearFeatures } from "./linearFeatures";
import type { LinearWeights } from "./linearWeights";

/**
 * Adds imputation, one-hot encoding and scores, all in float64 so that rounding to float32 agrees with ours; returns
 * the scores, [rows, outputs].
 */
export function addLinearScores(graph: GraphBuilder, features: LinearFeatures, model: LinearWeights): string {
  const wide = addLinearColumns(graph, features);
  const matrix = graph.constant(transpose(model.weights, model.outputCount), [features.width, model.outputCount]);
  const product = graph.node("MatMul", [wide, matrix]);
  return graph.node("Add", [product, graph.constant(model.intercepts, [model.outputCount])]);
}

/**
 * Declares the inputs and gives the model's columns, [rows, width] in float64: imputed numbers, then one indicator per
 * level.
 */
export function addLinearColumns(graph: GraphBuilder, features: LinearFeatures): string {
  const parts = [...addNumbers(graph, features), ...addIndicators(graph, features)];
  const rows = parts.length === 1 ? parts[0] : graph.node("Concat", parts, { axis: { int: 1 } });
  return graph.node("Cast", [rows], { to: { int: elementTypeNumber("double") } });
}

/** The columns of the model as graphMetadata names them. */
export function columnsOf({ numbers, categories }: LinearFeatures) {
  return { numbers: numbers.map(({ name }) => name), categories };
}

function addNumbers(graph: GraphBuilder, { numbers }: LinearFeatures): string[] {
  if (numbers.length === 0) return [];
  const input = graph.input("numbers", "float", numbers.length);
  const fills = graph.constant(
    Float32Array.from(numbers, ({ fill }) => fill),
    [1, numbers.length],
  );
  return [graph.node("Where", [graph.node("IsNaN", [input]), fills, input])];
}

function addIndicators(graph: GraphBuilder, { categories }: LinearFeatures): string[] {
  if (categories.length === 0) return [];
  const input = graph.input("categories", "string", categories.length);
  return categories.flatMap(({ levels }, index) => {
    if (levels.length === 0) return [];
    const column = graph.node("Gather", [input, graph.constant(BigInt64Array.of(BigInt(index)), [])], {
      axis: { int: 1 },
    });
    return [graph.node("OneHotEncoder", [column], { cats_strings: { texts: levels }, zeros: { int: 1 } })];
  });
}

function transpose(weights: Float64Array, outputCount: number): Float64Array {
  const width = weights.length / outputCount;
  return weights.map((_, at) => weights[(at % outputCount) * width + Math.floor(at / outputCount)]);
}
