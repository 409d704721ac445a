import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, it } from "vitest";
import { traceColumns } from "../../../../shared/explain/trees/traceColumns";
import { GraphBuilder } from "../../../../shared/onnx/graph";
import { ModelProtoSchema, TensorProtoSchema } from "../../../../shared/onnx/onnx.generated";
import type { FeatureSlot } from "../../../../shared/onnx/signature";

const slot = (name: string, input: string, index: number): FeatureSlot => ({
  name,
  input,
  index,
  type: input === "texts" ? "category" : "number",
  nullable: true,
});
/** signature order is not the graph's */
const features = [slot("c", "texts", 0), slot("b", "numbers", 1), slot("a", "numbers", 0), slot("d", "texts", 1)];

/** The trace of what `build` makes of the two inputs. */
function trace(build: (graph: GraphBuilder, numbers: string, texts: string) => string): number[] {
  const graph = new GraphBuilder("traced");
  const made = build(graph, graph.input("numbers", "float", 2), graph.input("texts", "string", 2));
  return traceColumns(fromBinary(ModelProtoSchema, graph.toBytes({})).graph!, features, made);
}
const pick = (graph: GraphBuilder, from: string, ...at: number[]) =>
  graph.node("Gather", [from, graph.constant(BigInt64Array.from(at, BigInt), [at.length])], { axis: { int: 1 } });

describe("tracing the trees' columns to features", () => {
  it("follows operators that pick, join, encode and scale columns", () => {
    const found = trace((graph, numbers, texts) => {
      const encoded = graph.node("LabelEncoder", [pick(graph, texts, 1)]);
      const levels = graph.node("OneHotEncoder", [pick(graph, texts, 0)], { cats_strings: { texts: ["x", "y", "z"] } });
      const scaled = graph.node("Mul", [numbers, graph.constant(Float64Array.of(2, 3), [1, 2])]);
      const filled = graph.node("Where", [
        graph.node("IsNaN", [scaled]),
        graph.constant(Float32Array.of(0), []),
        scaled,
      ]);
      const fixed = graph.constant(Float32Array.of(1), [1, 1]);
      return graph.node("Concat", [filled, encoded, levels, fixed, pick(graph, numbers, -1)], { axis: { int: 1 } });
    });
    expect(found).toEqual([2, 1, 3, 0, 0, 0, -1, 1]);
  });

  it("reads the columns of a Gather even if they are stored as raw bytes", () => {
    const graph = new GraphBuilder("raw");
    const picked = pick(graph, graph.input("numbers", "float", 2), 1);
    const model = fromBinary(ModelProtoSchema, graph.toBytes({}));
    const [constant] = model.graph!.initializer;
    const raw = create(TensorProtoSchema, { name: constant.name, dims: constant.dims, dataType: constant.dataType });
    const bytes = new Uint8Array(BigInt64Array.of(0n).buffer);
    raw.$unknown = [{ no: 9, wireType: WireType.LengthDelimited, data: new BinaryWriter().bytes(bytes).finish() }];
    model.graph!.initializer = [raw];
    const read = fromBinary(ModelProtoSchema, toBinary(ModelProtoSchema, model));
    expect(traceColumns(read.graph!, features, picked)).toEqual([2]);
  });

  it.each<[string, (graph: GraphBuilder, numbers: string, texts: string) => string, string]>([
    [
      "two features in one",
      (graph, x) => graph.node("Mul", [pick(graph, x, 0), pick(graph, x, 1)]),
      "mixes two features",
    ],
    ["rows joined", (graph, x) => graph.node("Concat", [x, x], { axis: { int: 0 } }), "a Concat of rows"],
    [
      "rows picked",
      (graph, x) => graph.node("Gather", [x, graph.constant(BigInt64Array.of(0n), [1])]),
      "a Gather of rows",
    ],
    ["a column out of range", (graph, x) => pick(graph, x, 5), "column 5 out of 2"],
    [
      "columns chosen by the row",
      (graph, x) => graph.node("Gather", [x, x], { axis: { int: 1 } }),
      "depend on the row",
    ],
    [
      "several columns encoded",
      (graph, _, t) => graph.node("OneHotEncoder", [t]),
      "OneHotEncoder over several columns",
    ],
    ["a projection", (graph, x) => graph.node("MatMul", [x, x]), "the operator MatMul"],
  ])("refuses %s and names it", (_what, build, message) => {
    expect(() => trace(build)).toThrow(message);
  });
});
