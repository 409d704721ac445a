import { create, toBinary } from "@bufbuild/protobuf";
import { attributeProto } from "../../onnx/graphAttribute";
import { elementTypeNumber, valueInfo } from "../../onnx/graphTensor";
import {
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
} from "../../onnx/onnx.generated";

/** The name of the output of a cut graph. */
export const cutOutput = "tidegate_cut";

/**
 * The part of a model that computes `tensor`, as a model of its own: the same inputs, and as its only output that
 * tensor as float64 [rows, width].
 */
export function cutGraph(model: ModelProto, graph: GraphProto, tensor: string, width: number): Uint8Array {
  const needed = nodesBefore(graph, [tensor]);
  const nodes = graph.node.filter((node) => needed.has(node));
  const used = new Set([tensor, ...nodes.flatMap(({ input }) => input)]);
  const cast = create(NodeProtoSchema, {
    name: cutOutput,
    opType: "Cast",
    input: [tensor],
    output: [cutOutput],
    attribute: [attributeProto("to", { int: elementTypeNumber("double") })],
  });
  const cut = create(GraphProtoSchema, {
    name: graph.name,
    node: [...nodes, cast],
    initializer: graph.initializer.filter(({ name }) => used.has(name)),
    input: graph.input,
    output: [valueInfo(cutOutput, "double", width)],
  });
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { ...model, graph: cut }));
}

/** All nodes that `tensors` depend on, not following the tensors in `stops`. */
export function nodesBefore(graph: GraphProto, tensors: readonly string[], stops: readonly string[] = []) {
  const makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const found = new Set<GraphProto["node"][number]>();
  const seen = new Set(stops);
  const waiting = [...tensors];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const node = makers.get(name);
    if (node === undefined) continue;
    found.add(node);
    waiting.push(...node.input);
  }
  return found;
}
