import type { FeatureTable } from "../../featureTable";
import { embedGraph } from "../../onnx/embedGraph";
import { GraphBuilder } from "../../onnx/graph";
import { elementTypeNumber } from "../../onnx/graphTensor";
import type { Calibrator } from "../calibration/calibrator";
import { addClassOutputs, type LabelRule } from "../graph/classOutputs";
import { graphMetadata } from "../graph/graphMetadata";
import { addTableInputs, columnNames } from "../graph/tableInputs";

/** The base model's graph with calibrators behind its probabilities, in float64; one per scored class. */
export function calibratedGraph(
  base: Uint8Array,
  columns: FeatureTable,
  { scored, calibrators }: { scored: readonly number[]; calibrators: readonly Calibrator[] },
  rule: LabelRule,
  { learner, method }: { learner: string; method: string },
): Uint8Array {
  const graph = new GraphBuilder("calibrated");
  const inputs = addTableInputs(graph, columns);
  const { outputs } = embedGraph(graph, base, { prefix: "base", inputs, outputs: ["probabilities"] });
  const wide = graph.node("Cast", [outputs.probabilities], { to: { int: elementTypeNumber("double") } });
  const calibrated = scored.map((code, at) => {
    const index = graph.constant(BigInt64Array.of(BigInt(code)), [1]);
    return calibrators[at].addTo(graph, graph.node("Gather", [wide, index], { axis: { int: 1 } }));
  });
  const probabilities = calibrated.length === 1 ? calibrated[0] : normaliseOutputs(graph, calibrated);
  addClassOutputs(graph, graph.node("Cast", [probabilities], { to: { int: elementTypeNumber("float") } }), rule);
  const metadata = graphMetadata("calibrated", columnNames(columns), rule.classes);
  return graph.toBytes({ ...metadata, calibrated: JSON.stringify({ learner, method }) });
}

/** Each output's share of their sum, or equal shares where all are 0. */
function normaliseOutputs(graph: GraphBuilder, outputs: readonly string[]): string {
  const all = graph.node("Concat", outputs, { axis: { int: 1 } });
  const sum = graph.node("ReduceSum", [all, graph.constant(BigInt64Array.of(1n), [1])]);
  const isPositive = graph.node("Greater", [sum, graph.constant(Float64Array.of(0), [1])]);
  const one = graph.constant(Float64Array.of(1), [1]);
  const equal = graph.constant(Float64Array.of(1 / outputs.length), [1]);
  const shares = graph.node("Div", [all, graph.node("Where", [isPositive, sum, one])]);
  return graph.node("Where", [isPositive, shares, equal]);
}
