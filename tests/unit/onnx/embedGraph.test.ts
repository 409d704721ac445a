import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { embedGraph } from "../../../shared/onnx/embedGraph";
import { GraphBuilder } from "../../../shared/onnx/graph";
import { ModelProtoSchema, OperatorSetIdProtoSchema } from "../../../shared/onnx/onnx.generated";
import { createOnnxRuntime } from "../../../shared/onnxruntime/runtime";

/** numbers [rows, 1] times `factor`, and the same squared. */
function multiply(factor: number): Uint8Array {
  const graph = new GraphBuilder("multiply");
  const input = graph.input("numbers", "float", 1);
  graph.output("product", "float", 1);
  graph.output("square", "float", 1);
  graph.node("Mul", [input, graph.constant(Float32Array.of(factor), [1])], {}, "product");
  graph.node("Pow", ["product", graph.constant(Float32Array.of(2), [1])], {}, "square");
  return graph.toBytes({ factor: String(factor) });
}

describe("a graph embedded in another", () => {
  it("computes the same as on its own, however often it is embedded", async () => {
    const graph = new GraphBuilder("two");
    const input = graph.input("numbers", "float", 1);
    graph.output("sum", "float", 1);
    const inner = [3, 5].map((factor) =>
      embedGraph(graph, multiply(factor), {
        prefix: `times ${factor}`,
        inputs: { numbers: input },
        outputs: ["square"],
      }),
    );
    graph.node("Add", [inner[0].outputs.square, inner[1].outputs.square], {}, "sum");
    expect(inner.map(({ metadata }) => metadata.factor)).toEqual(["3", "5"]);
    const model = await createOnnxRuntime().load(graph.toBytes({}));
    const reply = await model.run({ numbers: { datatype: "FP32", shape: [2, 1], data: Float32Array.of(1, -2) } });
    expect(Array.from(reply.sum.data as Float32Array)).toEqual([9 + 25, 36 + 100]);
    await model.release();
  });

  it("leaves out nodes and constants that no requested output needs, and keeps the names of outputs that become those of the whole", () => {
    const graph = new GraphBuilder("part");
    const inputs = { numbers: graph.input("numbers", "float", 1) };
    embedGraph(graph, multiply(3), { prefix: "inner", inputs, outputs: ["product"], asOutputs: true });
    const { graph: written } = fromBinary(ModelProtoSchema, graph.toBytes({}));
    expect(written?.node.map(({ opType, output }) => [opType, output])).toEqual([["Mul", ["product"]]]);
    expect(written?.initializer.map(({ name }) => name)).toEqual(["inner/constant_0"]);
    expect(written?.output.map(({ name }) => name)).toEqual(["product"]);
  });

  it("adds new operator sets, but not another version of an existing one", () => {
    const model = fromBinary(ModelProtoSchema, multiply(3));
    const withOpset = (domain: string, version: bigint) =>
      toBinary(ModelProtoSchema, {
        ...model,
        opsetImport: [create(OperatorSetIdProtoSchema, { domain, version })],
      });
    const embed = (bytes: Uint8Array) => {
      const graph = new GraphBuilder("opsets");
      const inputs = { numbers: graph.input("numbers", "float", 1) };
      embedGraph(graph, bytes, { prefix: "p", inputs, outputs: ["product"] });
      return fromBinary(ModelProtoSchema, graph.toBytes({})).opsetImport.map(({ domain }) => domain);
    };
    expect(embed(withOpset("com.example", 1n))).toEqual(["", "ai.onnx.ml", "com.example"]);
    expect(() => embed(withOpset("", 13n))).toThrow('operator set "" is 17 here and 13');
  });

  it.each([
    ["an input that nothing feeds", { inputs: {}, outputs: ["product"] }, 'nothing feeds input "numbers"'],
    ["an output that is not there", { inputs: { numbers: "numbers" }, outputs: ["sum"] }, 'no output "sum"'],
  ])("is refused with %s", (_, wiring, message) => {
    const graph = new GraphBuilder("outer");
    expect(() => embedGraph(graph, multiply(3), { prefix: "p", ...wiring })).toThrow(message);
  });
});
