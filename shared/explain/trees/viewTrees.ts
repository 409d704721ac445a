import { fromBinary } from "@bufbuild/protobuf";
import { AppError } from "../../errors";
import { type GraphProto, ModelProtoSchema } from "../../onnx/onnx.generated";
import type { ModelSignature } from "../../onnx/signature";
import { cutGraph, nodesBefore } from "./cutGraph";
import { type EnsembleNode, readTreeEnsemble } from "./readTreeEnsemble";
import { traceColumns } from "./traceColumns";

/** A model seen as trees: what TreeSHAP needs to know of it. */
export interface TreeView {
  trees: EnsembleNode;
  /** the feature (of the signature) that each column of the trees' input is computed from, -1 for a constant */
  featureOf: number[];
  /** ONNX bytes of the part before the trees: raw features in, the trees' input out */
  columnsGraph: Uint8Array;
}

/** Reads the trees from ONNX bytes; AppError rejected says why TreeSHAP cannot explain this model. */
export function viewTrees(bytes: Uint8Array, signature: ModelSignature): TreeView {
  const model = fromBinary(ModelProtoSchema, bytes);
  const { graph } = model;
  if (graph === undefined) throw new AppError("rejected", "the model has no graph");
  const ensembles = graph.node.filter(({ opType }) => opType.startsWith("TreeEnsemble"));
  if (ensembles.length !== 1)
    throw new AppError("rejected", `the graph has ${ensembles.length} tree ensembles; TreeSHAP explains exactly one`);
  const [node] = ensembles;
  if (node.opType === "TreeEnsemble")
    throw new AppError("rejected", "the operator TreeEnsemble (ai.onnx.ml 5) is not supported");
  checkTreesDecide(graph, signature, node.output);
  const trees = readTreeEnsemble(node);
  const featureOf = traceColumns(graph, signature.features, trees.input);
  const widest = trees.ensemble.feature.reduce((most, column) => Math.max(most, column), -1);
  if (widest >= featureOf.length)
    throw new AppError("rejected", `the trees use column ${widest}, but only ${featureOf.length} were traced`);
  return { trees, featureOf, columnsGraph: cutGraph(model, graph, trees.input, featureOf.length) };
}

/** operators with subgraphs, whose use of tensors does not show in their inputs */
const nested = new Set(["If", "Loop", "Scan", "SequenceMap"]);

/** Checks that the answer depends on the row through the trees alone: their score is then all there is to explain. */
function checkTreesDecide(graph: GraphProto, signature: ModelSignature, scores: string[]): void {
  const inner = graph.node.find(({ opType }) => nested.has(opType));
  if (inner) throw new AppError("rejected", `the graph contains a subgraph (${inner.opType})`);
  const { labelOutput, probabilityOutput, valueOutput } = signature;
  const answers = [labelOutput, probabilityOutput, valueOutput].filter((name) => name !== undefined);
  const inputs = new Set(signature.inputs.map(({ name }) => name));
  for (const { opType, input } of nodesBefore(graph, answers, scores))
    if (input.some((name) => inputs.has(name)))
      throw new AppError(
        "rejected",
        `the answer also depends on features outside the trees, through the operator ${opType}`,
      );
}
