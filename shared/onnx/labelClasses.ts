import { fromBinary } from "@bufbuild/protobuf";
import { z } from "zod";
import { type GraphProto, ModelProtoSchema, type NodeProto, type TensorProto } from "./onnx.generated";

const decoder = new TextDecoder();
/** operators that pass labels on unchanged */
const passing = new Set(["Identity", "Cast", "Reshape", "Squeeze", "Flatten"]);
/** attributes of classifier operators, with their classes in the order of the scores */
const labelLists = ["classlabels_strings", "classlabels_int64s", "classlabels_ints"];

/**
 * The classes of a graph in the order of its probability columns, read from the path to its label output: the list in
 * which the likeliest column is looked up, that of a classifier operator, or what a model that was trained here states.
 * Undefined if there is none.
 */
export function labelClasses(bytes: Uint8Array, labelOutput: string): string[] | undefined {
  const { graph, metadataProps } = fromBinary(ModelProtoSchema, bytes);
  const notes = new Map(metadataProps.map(({ key, value }) => [key, value]));
  const noted = notes.get("producer") === "tidegate" ? notes.get("classes") : undefined;
  const classes = noted === undefined ? undefined : notedClasses(noted);
  return classes ?? (graph && tracedClasses(graph, labelOutput));
}

/** Anyone can write notes into a file: one that is not a list of names is not ours. */
function notedClasses(noted: string): string[] | undefined {
  try {
    return z.array(z.string()).safeParse(JSON.parse(noted)).data;
  } catch {
    return undefined;
  }
}

function tracedClasses(graph: GraphProto, labelOutput: string): string[] | undefined {
  const source = sourceOf(graph, labelOutput);
  if (source === undefined) return undefined;
  if (source.opType.endsWith("Classifier")) return listOf(source);
  const [names, index] = source.input;
  const isLookedUp = source.opType === "Gather" || source.opType === "ArrayFeatureExtractor";
  if (!isLookedUp || sourceOf(graph, index)?.opType !== "ArgMax") return undefined;
  const tensor = graph.initializer.find(({ name }) => name === names) ?? constantOf(sourceOf(graph, names));
  return tensor && texts(tensor);
}

/** The node that produces a tensor, before those that pass it on. */
function sourceOf({ node }: GraphProto, tensor: string): NodeProto | undefined {
  let wanted = tensor;
  for (let step = 0; step < node.length; step++) {
    const found = node.find(({ output }) => output.includes(wanted));
    if (found === undefined || !passing.has(found.opType)) return found;
    wanted = found.input[0];
  }
  return undefined;
}

function listOf({ attribute }: NodeProto): string[] | undefined {
  const list = attribute.find(
    ({ name, strings, ints }) => labelLists.includes(name) && strings.length + ints.length > 0,
  );
  if (list === undefined) return undefined;
  return list.strings.length > 0 ? list.strings.map((text) => decoder.decode(text)) : list.ints.map(String);
}

function constantOf(node: NodeProto | undefined): TensorProto | undefined {
  return node?.opType === "Constant" ? node.attribute.find(({ name }) => name === "value")?.t : undefined;
}

/** The listed strings or numbers; numbers stored as raw bytes are not read. */
function texts({ stringData, int64Data }: TensorProto): string[] | undefined {
  const names = [...stringData.map((text) => decoder.decode(text)), ...int64Data.map(String)];
  return names.length > 0 ? names : undefined;
}
