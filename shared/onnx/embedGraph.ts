import { fromBinary } from "@bufbuild/protobuf";
import type { GraphBuilder } from "./graph";
import { type AttributeProto, type GraphProto, ModelProtoSchema, type NodeProto } from "./onnx.generated";

/** How a finished model becomes part of another graph. */
export interface Embedding {
  /** prefixed to every name of the embedded graph, so that no two collide */
  prefix: string;
  /** input of the embedded graph -> name of the tensor that feeds it */
  inputs: Record<string, string>;
  /** the outputs to keep; nodes that only others depend on are left out */
  outputs: readonly string[];
  /** the outputs keep their names and become outputs of the surrounding graph */
  asOutputs?: boolean;
}

export interface Embedded {
  /** wanted output -> its name in the surrounding graph */
  outputs: Record<string, string>;
  /** what the embedded model says about itself */
  metadata: Record<string, string>;
}

/** Places the graph of ONNX `bytes` inside `graph`. */
export function embedGraph(graph: GraphBuilder, bytes: Uint8Array, embedding: Embedding): Embedded {
  const model = fromBinary(ModelProtoSchema, bytes);
  const inner = model.graph as GraphProto;
  const names = newNames(inner, embedding);
  const rename = (name: string) => (name === "" ? "" : (names.get(name) ?? `${embedding.prefix}/${name}`));
  const nodes = servingNodes(inner.node, embedding.outputs);
  for (const node of nodes) {
    if (node.attribute.some(holdsGraph))
      throw new Error(`node ${node.name} (${node.opType}) contains a subgraph; such a model cannot be embedded`);
    node.name = `${embedding.prefix}/${node.name}`;
    node.input = node.input.map(rename);
    node.output = node.output.map(rename);
  }
  const used = new Set(nodes.flatMap((node) => node.input));
  const constants = inner.initializer.filter((tensor) => {
    tensor.name = rename(tensor.name);
    return used.has(tensor.name);
  });
  const outputs = embedding.asOutputs ? inner.output.filter(({ name }) => embedding.outputs.includes(name)) : [];
  graph.place({ nodes, constants, outputs, opsets: model.opsetImport });
  return {
    outputs: Object.fromEntries(embedding.outputs.map((name) => [name, rename(name)])),
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
  };
}

/** Fields `g` and `graphs` of an attribute, which our excerpt of the schema does not include. */
function holdsGraph({ $unknown }: AttributeProto): boolean {
  return $unknown?.some(({ no }) => no === 6 || no === 11) ?? false;
}

/** The names that are given from outside. */
function newNames(inner: GraphProto, { inputs, outputs, asOutputs }: Embedding): Map<string, string> {
  const names = new Map(Object.entries(inputs));
  for (const { name } of inner.input)
    if (!names.has(name)) throw new Error(`nothing feeds input "${name}" of the embedded graph`);
  for (const name of outputs) {
    if (!inner.output.some((output) => output.name === name))
      throw new Error(`the embedded graph has no output "${name}"`);
    if (asOutputs) names.set(name, name);
  }
  return names;
}

/** The nodes that `outputs` depend on, in their order. */
function servingNodes(nodes: NodeProto[], outputs: readonly string[]): NodeProto[] {
  const needed = new Set(outputs);
  const serving: NodeProto[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.output.some((name) => needed.has(name))) continue;
    for (const name of node.input) needed.add(name);
    serving.push(node);
  }
  return serving.reverse();
}
