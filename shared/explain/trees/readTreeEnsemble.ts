import { AppError } from "../../errors";
import type { AttributeProto, NodeProto } from "../../onnx/onnx.generated";
import { branchModes, type TreeEnsemble } from "./treeEnsemble";

/** A tree ensemble as found in a graph. */
export interface EnsembleNode {
  ensemble: TreeEnsemble;
  /** name of the trees' input tensor, [rows, columns] */
  input: string;
  /** name of the tensor with the scores */
  output: string;
  kind: "regressor" | "classifier";
  /** what the operator does to the scores before it returns them: NONE, LOGISTIC, SOFTMAX ... */
  postTransform: string;
}

/** deeper trees are refused: they would overflow the call stack */
const maxDepth = 2000;

/**
 * Reads a TreeEnsembleRegressor or TreeEnsembleClassifier (ai.onnx.ml 1 to 3); AppError rejected says what is not
 * supported. Source of the attributes: https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsembleRegressor.html
 */
export function readTreeEnsemble(node: NodeProto): EnsembleNode {
  const kind = node.opType === "TreeEnsembleClassifier" ? "classifier" : "regressor";
  const attributes = new Attributes(node.attribute);
  const index = new NodeIndex(attributes.ints("nodes_treeids"), attributes.ints("nodes_nodeids"));
  const prefix = kind === "classifier" ? "class" : "target";
  const outputs = attributes.ints(`${prefix}_ids`);
  const named = attributes.texts("classlabels_strings").length || attributes.ints("classlabels_int64s").length;
  // a classifier for two classes may have weights for one only: its score is then that of the second class
  const outputCount =
    kind === "classifier" ? (new Set(outputs).size === 1 ? 1 : named) : (attributes.int("n_targets") ?? 1);
  const share = treeShare(attributes.text("aggregate_function") ?? "SUM", index.roots.length);
  const ensemble: TreeEnsemble = {
    outputCount,
    roots: index.roots,
    ...splits(attributes, index),
    leafValues: leafValues(attributes, index, prefix, outputCount, share),
    base: baseValues(attributes, outputCount),
    depth: 0,
  };
  ensemble.depth = depthOf(ensemble);
  return {
    ensemble,
    kind,
    input: node.input[0],
    output: node.output[kind === "classifier" ? 1 : 0],
    postTransform: attributes.text("post_transform") ?? "NONE",
  };
}

function unsupported(what: string): AppError {
  return new AppError("rejected", `the tree ensemble ${what}`);
}

/** Finds a node's position by its tree and its number in the tree. */
class NodeIndex {
  readonly roots: Int32Array;
  private readonly places = new Map<number, Map<number, number>>();

  constructor(
    readonly trees: number[],
    numbers: number[],
  ) {
    const roots: number[] = [];
    for (const [at, tree] of trees.entries()) {
      let inTree = this.places.get(tree);
      if (inTree === undefined) {
        inTree = new Map();
        this.places.set(tree, inTree);
        roots.push(at); // a tree's first node is its root
      }
      inTree.set(numbers[at], at);
    }
    this.roots = Int32Array.from(roots);
  }

  place(tree: number, number: number): number {
    const at = this.places.get(tree)?.get(number);
    if (at === undefined) throw unsupported(`refers to node ${number} of tree ${tree}, which does not exist`);
    return at;
  }
}

function splits(attributes: Attributes, index: NodeIndex) {
  const count = index.trees.length;
  const modes = attributes.texts("nodes_modes");
  const isLeaf = (at: number) => modes[at] === "LEAF";
  const child = (name: string) => {
    const numbers = attributes.ints(name);
    return Int32Array.from(index.trees, (tree, at) => (isLeaf(at) ? at : index.place(tree, numbers[at])));
  };
  const features = attributes.ints("nodes_featureids");
  const missing = attributes.ints("nodes_missing_value_tracks_true");
  const mode = modes.map((name) => (name === "LEAF" ? 0 : branchModes.indexOf(name as "BRANCH_LEQ")));
  const unknown = mode.indexOf(-1);
  if (unknown >= 0) throw unsupported(`has the node mode ${modes[unknown]}; supported are ${branchModes.join(", ")}`);
  const threshold = attributes.numbers("nodes_values");
  if (modes.length !== count || features.length !== count || threshold.length !== count)
    throw unsupported("has lists of different lengths for its nodes");
  return {
    feature: Int32Array.from(features, (column, at) => (isLeaf(at) ? -1 : column)),
    mode: Uint8Array.from(mode),
    threshold,
    missingTrue: Uint8Array.from(index.trees, (_, at) => missing[at] ?? 0),
    trueChild: child("nodes_truenodeids"),
    falseChild: child("nodes_falsenodeids"),
  };
}

function leafValues(
  attributes: Attributes,
  index: NodeIndex,
  prefix: string,
  outputCount: number,
  share: number,
): Float64Array {
  const values = new Float64Array(index.trees.length * outputCount);
  const trees = attributes.ints(`${prefix}_treeids`);
  const numbers = attributes.ints(`${prefix}_nodeids`);
  const outputs = attributes.ints(`${prefix}_ids`);
  const weights = attributes.numbers(`${prefix}_weights`);
  for (let i = 0; i < trees.length; i++) {
    const output = outputCount === 1 ? 0 : outputs[i];
    if (!(output < outputCount)) throw unsupported(`has a leaf for output ${output}, but only ${outputCount} outputs`);
    values[index.place(trees[i], numbers[i]) * outputCount + output] += weights[i] * share;
  }
  return values;
}

function treeShare(aggregate: string, treeCount: number): number {
  if (aggregate === "SUM") return 1;
  if (aggregate === "AVERAGE") return 1 / treeCount;
  throw unsupported(`aggregates by ${aggregate}; Shapley values of trees need SUM or AVERAGE`);
}

function baseValues(attributes: Attributes, outputCount: number): Float64Array {
  const values = attributes.numbers("base_values");
  if (values.length === 0) return new Float64Array(outputCount);
  if (values.length !== outputCount) throw unsupported(`has ${values.length} base values for ${outputCount} outputs`);
  return values;
}

/**
 * The most splits on any path; refuses nodes that are reached twice, since a walk through such a malformed file might
 * never end.
 */
function depthOf({ roots, feature, trueChild, falseChild }: TreeEnsemble): number {
  const seen = new Uint8Array(feature.length);
  let deepest = 0;
  let level: number[] = Array.from(roots);
  for (let depth = 0; level.length > 0; depth++) {
    const next: number[] = [];
    for (const node of level) {
      if (seen[node]++ > 0) throw unsupported("reaches a node on two paths");
      if (feature[node] >= 0) next.push(trueChild[node], falseChild[node]);
    }
    deepest = depth;
    level = next;
    if (depth > maxDepth) throw unsupported(`is deeper than ${maxDepth} splits`);
  }
  return deepest;
}

/** A node's attributes by name; absent lists are empty. */
class Attributes {
  private readonly byName: Map<string, AttributeProto>;

  constructor(attributes: AttributeProto[]) {
    this.byName = new Map(attributes.map((attribute) => [attribute.name, attribute]));
  }

  int(name: string): number | undefined {
    const attribute = this.byName.get(name);
    return attribute && Number(attribute.i);
  }

  ints(name: string): number[] {
    return (this.byName.get(name)?.ints ?? []).map(Number);
  }

  text(name: string): string | undefined {
    const attribute = this.byName.get(name);
    return attribute && Buffer.from(attribute.s).toString("utf8");
  }

  texts(name: string): string[] {
    return (this.byName.get(name)?.strings ?? []).map((bytes) => Buffer.from(bytes).toString("utf8"));
  }

  /** float attributes, or doubles in the tensor that replaces them since ai.onnx.ml 3 */
  numbers(name: string): Float64Array {
    const tensor = this.byName.get(`${name}_as_tensor`)?.t;
    if (tensor === undefined) return Float64Array.from(this.byName.get(name)?.floats ?? []);
    const values = tensor.doubleData.length > 0 ? tensor.doubleData : tensor.floatData;
    const size = tensor.dims.reduce((product, dim) => product * Number(dim), 1);
    if (values.length !== size) throw unsupported(`stores ${name} in an unsupported form`);
    return Float64Array.from(values);
  }
}
