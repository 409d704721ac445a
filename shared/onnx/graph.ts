import { create, toBinary } from "@bufbuild/protobuf";
import { type AttributeValue, attributeProto } from "./graphAttribute";
import { type ConstantValues, type ElementType, tensorProto, valueInfo } from "./graphTensor";
import {
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  type ValueInfoProto,
} from "./onnx.generated";

/** ONNX IR 8, opset 17 and ai.onnx.ml 3: the newest set at which TreeEnsembleRegressor is not superseded. */
const irVersion = 8n;
const opsets = [
  { domain: "", version: 17n },
  { domain: "ai.onnx.ml", version: 3n },
];

const mlOperators = new Set(["LabelEncoder", "OneHotEncoder", "TreeEnsembleRegressor"]);

/** Finished parts of another graph, with names that fit this one. */
export interface GraphParts {
  nodes: NodeProto[];
  constants: TensorProto[];
  outputs: ValueInfoProto[];
  /** versions of the operator sets that the nodes were written for */
  opsets: { domain: string; version: bigint }[];
}

/**
 * An ONNX graph under construction, with nodes in the order of the calls; the same calls always give the same bytes.
 */
export class GraphBuilder {
  private readonly graph;
  private readonly opsets = [...opsets];
  private count = 0;

  constructor(name: string) {
    this.graph = create(GraphProtoSchema, { name });
  }

  /** Declares an input of shape [rows, width]; returns its name. */
  input(name: string, type: ElementType, width: number): string {
    this.graph.input.push(valueInfo(name, type, width));
    return name;
  }

  /** Declares an output of shape [rows, width] ([rows] without a width); a node must write it under that name. */
  output(name: string, type: ElementType, width?: number): void {
    this.graph.output.push(valueInfo(name, type, width));
  }

  /** Adds constant values of shape `dims` (a scalar for []); returns their name. */
  constant(values: ConstantValues, dims: readonly number[]): string {
    const name = `constant_${this.count++}`;
    this.graph.initializer.push(tensorProto(name, values, dims));
    return name;
  }

  /** Adds a node with one output and returns that output's name, `output` when given. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Record<string, AttributeValue> = {},
    output = `${operator}_${this.count++}`,
  ): string {
    const node = create(NodeProtoSchema, {
      name: `node_${output}`,
      opType: operator,
      domain: mlOperators.has(operator) ? "ai.onnx.ml" : "",
      input: [...inputs],
      output: [output],
      attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
    });
    this.graph.node.push(node);
    return output;
  }

  /** Adds parts as they are; all parts of a graph must use the same version of an operator set. */
  place({ nodes, constants, outputs, opsets: theirs }: GraphParts): void {
    for (const { domain, version } of theirs) {
      const ours = this.opsets.find((opset) => opset.domain === domain);
      if (ours === undefined) this.opsets.push({ domain, version });
      else if (ours.version !== version)
        throw new Error(`operator set "${domain}" is ${ours.version} here and ${version} in the part to be placed`);
    }
    this.graph.node.push(...nodes);
    this.graph.initializer.push(...constants);
    this.graph.output.push(...outputs);
  }

  /** The model's bytes, `metadata` in the order given. */
  toBytes(metadata: Record<string, string>): Uint8Array {
    const model = create(ModelProtoSchema, {
      irVersion,
      producerName: "tidegate",
      opsetImport: this.opsets,
      graph: this.graph,
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    });
    return toBinary(ModelProtoSchema, model);
  }
}
