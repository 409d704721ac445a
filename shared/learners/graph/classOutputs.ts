import type { GraphBuilder } from "../../onnx/graph";
import { elementTypeNumber } from "../../onnx/graphTensor";

/** How a model turns probabilities into a label. */
export interface LabelRule {
  classes: readonly string[];
  /** two classes: the one the threshold is about */
  positiveIndex: number;
  /** two classes: at or above it the label is positive */
  decisionThreshold: number;
}

/**
 * Ends `graph` with the outputs `label` and `probabilities`; `scores` holds the float probability of the positive
 * class, [rows, 1], when there are two classes, of every class otherwise. The classifier operators are avoided: they
 * mislabel tree ensembles.
 */
export function addClassOutputs(graph: GraphBuilder, scores: string, rule: LabelRule): void {
  graph.output("label", "string");
  graph.output("probabilities", "float", rule.classes.length);
  if (rule.classes.length === 2) addTwoClassOutputs(graph, scores, rule);
  else addManyClassOutputs(graph, scores, rule.classes);
}

function addTwoClassOutputs(graph: GraphBuilder, positive: string, rule: LabelRule): void {
  const { classes, positiveIndex } = rule;
  const one = graph.constant(Float32Array.of(1), [1]);
  const negative = graph.node("Sub", [one, positive]);
  const columns = positiveIndex === 1 ? [negative, positive] : [positive, negative];
  graph.node("Concat", columns, { axis: { int: 1 } }, "probabilities");
  const flat = graph.node("Squeeze", [positive, graph.constant(BigInt64Array.of(1n), [1])]);
  const threshold = graph.constant(Float32Array.of(float32AtLeast(rule.decisionThreshold)), [1]);
  const isPositive = graph.node("GreaterOrEqual", [flat, threshold]);
  const index = graph.node("Cast", [isPositive], { to: { int: elementTypeNumber("int64") } });
  const names = [classes[1 - positiveIndex], classes[positiveIndex]];
  graph.node("Gather", [graph.constant(names, [2]), index], { axis: { int: 0 } }, "label");
}

function addManyClassOutputs(graph: GraphBuilder, scores: string, classes: readonly string[]): void {
  graph.node("Identity", [scores], {}, "probabilities");
  const index = graph.node("ArgMax", [scores], { axis: { int: 1 }, keepdims: { int: 0 } });
  graph.node("Gather", [graph.constant(classes, [classes.length]), index], { axis: { int: 0 } }, "label");
}

/** The smallest float32 not below `value`: a float32 reaches it exactly when it reaches `value`. */
function float32AtLeast(value: number): number {
  const rounded = Math.fround(value);
  if (rounded >= value) return rounded;
  const bits = new Int32Array(Float32Array.of(rounded).buffer);
  bits[0] += rounded < 0 ? -1 : 1;
  return new Float32Array(bits.buffer)[0];
}
