import { GraphBuilder } from "../../onnx/graph";
import { elementTypeNumber } from "../../onnx/graphTensor";
import { addClassOutputs, type LabelRule } from "../graph/classOutputs";
import { graphMetadata } from "../graph/graphMetadata";
import type { LinearFeatures } from "../linear/linearFeatures";
import { addLinearColumns } from "../linear/linearGraph";
import type { MachineModel } from "./machine";
import { densePoints } from "./points";

/** Added to each probability before several are divided by their sum, so that the sum is never 0. */
export const leastProbability = 1e-15;

/**
 * The model as ONNX bytes, in standard operators and float64 up to the probabilities; never SVMClassifier, which is off
 * by 4e-3.
 */
export function machineGraph(model: MachineModel, rule: LabelRule): Uint8Array {
  const { features, intercepts, coefficients } = model;
  const machineCount = intercepts.length;
  const graph = new GraphBuilder(model.learner);
  const columns = addStandardised(graph, features);
  const view = model.kernel === undefined ? columns : addKernel(graph, columns, model.kernel, features.width);
  const size = coefficients.length / machineCount;
  const matrix = graph.constant(transposed(coefficients, machineCount, size), [size, machineCount]);
  const scores = graph.node("Add", [graph.node("MatMul", [view, matrix]), graph.constant(intercepts, [machineCount])]);
  const odds = graph.node("Sigmoid", [scores]);
  const probabilities = machineCount === 1 ? odds : addShares(graph, odds);
  addClassOutputs(graph, graph.node("Cast", [probabilities], { to: { int: elementTypeNumber("float") } }), rule);
  const names = { numbers: features.numbers.map(({ name }) => name), categories: features.categories };
  const metadata = graphMetadata(model.learner, names, rule.classes);
  return graph.toBytes({ ...metadata, fit: JSON.stringify(model.notes) });
}

/**
 * The columns, numbers standardised. The means come off after the division: ONNX Runtime merges a division by one
 * constant with a MatMul that follows it, and keeps the constant in float32.
 */
function addStandardised(graph: GraphBuilder, features: LinearFeatures): string {
  const offsets = new Float64Array(features.width);
  const deviations = new Float64Array(features.width).fill(1);
  for (const [k, { mean, deviation }] of features.numbers.entries()) {
    offsets[k] = mean / deviation;
    deviations[k] = deviation;
  }
  const scaled = graph.node("Div", [addLinearColumns(graph, features), graph.constant(deviations, [features.width])]);
  return graph.node("Sub", [scaled, graph.constant(offsets, [features.width])]);
}

/** exp(-gamma (|x|² - 2 x . z + |z|²)) for every row x and point z, [rows, points]. */
function addKernel(
  graph: GraphBuilder,
  columns: string,
  { gamma, points }: NonNullable<MachineModel["kernel"]>,
  width: number,
): string {
  const dense = densePoints(points, width);
  const own = new Float64Array(points.count);
  for (let at = 0; at < dense.length; at++) own[Math.floor(at / width)] += gamma * dense[at] * dense[at];
  const doubled = transposed(dense, points.count, width).map((value) => 2 * gamma * value);
  const cross = graph.node("MatMul", [columns, graph.constant(doubled, [width, points.count])]);
  const squares = graph.node("ReduceSumSquare", [columns], { axes: { ints: [1] } });
  const scaled = graph.node("Mul", [squares, graph.constant(Float64Array.of(gamma), [1])]);
  const nearness = graph.node("Sub", [cross, graph.constant(own, [points.count])]);
  return graph.node("Exp", [graph.node("Sub", [nearness, scaled])]);
}

function addShares(graph: GraphBuilder, odds: string): string {
  const raised = graph.node("Add", [odds, graph.constant(Float64Array.of(leastProbability), [1])]);
  const axis = graph.constant(BigInt64Array.of(1n), [1]);
  return graph.node("Div", [raised, graph.node("ReduceSum", [raised, axis])]);
}

function transposed(matrix: Float64Array, height: number, width: number): Float64Array {
  const turned = new Float64Array(matrix.length);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) turned[column * height + row] = matrix[row * width + column];
  return turned;
}
