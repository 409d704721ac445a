import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { AppError } from "../errors";
import { type AttributeValue, attributeProto } from "./graphAttribute";
import { type ConstantValues, type ElementType, tensorProto, valueInfo } from "./graphTensor";
import { type GraphProto, type ModelProto, ModelProtoSchema, type NodeProto, NodeProtoSchema } from "./onnx.generated";

const decoder = new TextDecoder();
const doubleType = 11;

/** A graph from elsewhere that is brought into the form that is served: a label and one probability per class. */
export class AdaptableGraph {
  private readonly model: ModelProto;
  private readonly graph: GraphProto;
  /** of the outputs that were added here */
  private readonly types = new Map<string, ElementType>();

  /** AppError rejected if the bytes are not an ONNX model. */
  constructor(bytes: Uint8Array) {
    try {
      this.model = fromBinary(ModelProtoSchema, bytes);
    } catch (cause) {
      throw new AppError("rejected", "the file is not an ONNX model", { cause });
    }
    if (this.model.graph === undefined) throw new AppError("rejected", "the file contains no graph");
    this.graph = this.model.graph;
  }

  /**
   * Removes a ZipMap at the end, which returns a list of maps: the tensor that feeds it becomes the output. Returns
   * that tensor's name and its classes in column order; undefined if there is no ZipMap.
   */
  takeOffZipMap(): { output: string; classes: string[] } | undefined {
    const { node, output } = this.graph;
    const at = node.findIndex(
      ({ opType, output: [to] }) => opType === "ZipMap" && output.some(({ name }) => name === to),
    );
    if (at < 0) return undefined;
    const [zipMap] = node.splice(at, 1);
    const classes = zipMapClasses(zipMap);
    const tensor = zipMap.input[0];
    const place = output.findIndex(({ name }) => name === zipMap.output[0]);
    const isOutput = output.some(({ name }) => name === tensor);
    output.splice(place, 1, ...(isOutput ? [] : [valueInfo(tensor, "float", classes.length)]));
    return { output: tensor, classes };
  }

  /**
   * Appends the operator that turns the logits in an output of `width` columns into probabilities; a single column is
   * that of the second of two classes.
   */
  turnIntoProbabilities(output: string, width: number): string {
    const operator = width === 1 ? "Sigmoid" : "Softmax";
    return this.replaceOutput(output, width, this.node(operator, [output], width === 1 ? {} : { axis: { int: 1 } }));
  }

  /** Puts the probability of the first of two classes before that of the second. */
  completePair(output: string): string {
    const type = this.elementType(output);
    const one = this.constant(type === "double" ? Float64Array.of(1) : Float32Array.of(1), []);
    const first = this.node("Sub", [one, output]);
    return this.replaceOutput(output, 2, this.node("Concat", [first, output], { axis: { int: 1 } }));
  }

  /** Adds an output with the name of each row's likeliest class. */
  addLabel(probabilities: string, classes: readonly string[]): void {
    const best = this.node("ArgMax", [probabilities], { axis: { int: 1 }, keepdims: { int: 0 } });
    const names = this.constant([...classes], [classes.length]);
    const label = this.node("Gather", [names, best], { axis: { int: 0 } });
    this.graph.output.unshift(valueInfo(label, "string", undefined));
  }

  /** Stores a description in the model, so that the same graph with another description is another version. */
  describe(text: string): void {
    this.model.metadataProps.push({
      $typeName: "onnx.StringStringEntryProto",
      key: "tidegate.description",
      value: text,
    });
  }

  toBytes(): Uint8Array {
    return toBinary(ModelProtoSchema, this.model);
  }

  private replaceOutput(from: string, width: number, to: string): string {
    const { output } = this.graph;
    const place = output.findIndex(({ name }) => name === from);
    output.splice(place, 1, valueInfo(to, this.elementType(from), width));
    this.types.set(to, this.elementType(from));
    return to;
  }

  private elementType(name: string): ElementType {
    const known = this.types.get(name);
    if (known) return known;
    const value = this.graph.output.find((output) => output.name === name)?.type?.value;
    return value?.case === "tensorType" && value.value.elemType === doubleType ? "double" : "float";
  }

  private constant(values: ConstantValues, dims: readonly number[]): string {
    const name = this.freeName("constant");
    this.graph.initializer.push(tensorProto(name, values, dims));
    return name;
  }

  private node(opType: string, input: string[], attributes: Record<string, AttributeValue> = {}): string {
    const name = this.freeName(opType.toLowerCase());
    const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
    this.graph.node.push(create(NodeProtoSchema, { name, opType, input, output: [name], attribute }));
    return name;
  }

  private freeName(what: string): string {
    const { node, initializer, input } = this.graph;
    const isTaken = (name: string) =>
      [...initializer, ...input].some((one) => one.name === name) || node.some(({ output }) => output.includes(name));
    for (let count = 0; ; count++) {
      const name = `tidegate_${what}_${count}`;
      if (!isTaken(name)) return name;
    }
  }
}

function zipMapClasses({ attribute }: NodeProto): string[] {
  for (const { name, strings, ints } of attribute) {
    if (name === "classlabels_strings") return strings.map((text) => decoder.decode(text));
    if (name === "classlabels_int64s") return ints.map(String);
  }
  throw new AppError(
    "rejected",
    "the ZipMap of the model names no classes; export the model without ZipMap (zipmap=False)",
  );
}

/** Whether the bytes may contain a ZipMap; cheaper than parsing them. */
export function mentionsZipMap(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes("ZipMap");
}
