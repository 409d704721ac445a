import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { GraphBuilder } from "../../shared/onnx/graph";
import { attributeProto } from "../../shared/onnx/graphAttribute";
import { ModelProtoSchema, NodeProtoSchema, ValueInfoProtoSchema } from "../../shared/onnx/onnx.generated";

/** The form in which a small linear model of the features [x, y] outputs the scores of three classes (or `columns`). */
export interface UploadedGraph {
  columns?: number;
  /** the node after the linear part; by default none, so that the output holds logits */
  behind?: "Softmax" | "Sigmoid";
}

/** Scores of the row [x, y]: x, y, -x - y; with one column: x. */
function scores(graph: GraphBuilder, { columns = 3, behind }: UploadedGraph, output?: string): string {
  const weights = columns === 1 ? [1, 0] : [1, 0, -1, 0, 1, -1];
  const input = graph.input("input", "float", 2);
  const constant = graph.constant(Float32Array.from(weights), [2, columns]);
  const linear = graph.node("MatMul", [input, constant], {}, behind ? undefined : output);
  return behind ? graph.node(behind, [linear], behind === "Softmax" ? { axis: { int: 1 } } : {}, output) : linear;
}

/** As exported by PyTorch: one float output, no label. */
export function torchGraph(form: UploadedGraph = {}): Uint8Array {
  const graph = new GraphBuilder("torch");
  scores(graph, form, "output");
  graph.output("output", "float", form.columns ?? 3);
  return graph.toBytes({});
}

/** As exported by skl2onnx for a classifier: a label, and a list of maps that a ZipMap makes of the probabilities. */
export function sklearnGraph(classes: readonly string[], zipMap = true): Uint8Array {
  const graph = new GraphBuilder("sklearn");
  const probabilities = scores(graph, { behind: "Softmax" }, "probabilities");
  const best = graph.node("ArgMax", [probabilities], { axis: { int: 1 }, keepdims: { int: 0 } });
  graph.node("Gather", [graph.constant(classes, [classes.length]), best], { axis: { int: 0 } }, "output_label");
  graph.output("output_label", "string");
  if (!zipMap) graph.output("probabilities", "float", 3);
  if (!zipMap) return graph.toBytes({});
  const model = fromBinary(ModelProtoSchema, graph.toBytes({}));
  model.graph?.node.push(
    create(NodeProtoSchema, {
      name: "ZipMap",
      opType: "ZipMap",
      domain: "ai.onnx.ml",
      input: ["probabilities"],
      output: ["output_probability"],
      attribute: [attributeProto("classlabels_strings", { texts: classes })],
    }),
  );
  model.graph?.output.push(create(ValueInfoProtoSchema, { name: "output_probability" }));
  return toBinary(ModelProtoSchema, model);
}
