import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../../shared/onnx/graph";
import { ModelProtoSchema } from "../../../shared/onnx/onnx.generated";
import { createOnnxRuntime } from "../../../shared/onnxruntime/runtime";

function scaledRows(): Uint8Array {
  const graph = new GraphBuilder("scaled rows");
  const input = graph.input("numbers", "float", 2);
  graph.output("scaled", "float", 2);
  graph.node("Mul", [input, graph.constant(Float32Array.of(2, -0.5), [1, 2])], {}, "scaled");
  return graph.toBytes({ purpose: "test", columns: '["a","b"]' });
}

describe("the graph writer", () => {
  it("writes the same bytes for the same graph", () => {
    expect(Buffer.compare(scaledRows(), scaledRows())).toBe(0);
  });

  it("writes IR 8 with opset 17 and ai.onnx.ml 3, and the metadata in its order", () => {
    const model = fromBinary(ModelProtoSchema, scaledRows());
    expect(model.irVersion).toBe(8n);
    expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([
      ["", 17n],
      ["ai.onnx.ml", 3n],
    ]);
    expect(model.metadataProps.map(({ key, value }) => [key, value])).toEqual([
      ["purpose", "test"],
      ["columns", '["a","b"]'],
    ]);
  });

  it("writes a graph that ONNX Runtime runs for any number of rows", async () => {
    const model = await createOnnxRuntime().load(scaledRows());
    expect(model.inputs).toEqual([{ name: "numbers", datatype: "FP32", shape: [-1, 2] }]);
    const run = (...values: number[]) =>
      model.run({ numbers: { datatype: "FP32", shape: [values.length / 2, 2], data: Float32Array.from(values) } });
    expect(Array.from((await run(1, 4, 3, 8)).scaled.data as Float32Array)).toEqual([2, -2, 6, -4]);
    expect((await run()).scaled.shape).toEqual([0, 2]);
    await model.release();
  });

  it("stores every kind of attribute and constant", async () => {
    const graph = new GraphBuilder("texts");
    const input = graph.input("texts", "string", 1);
    graph.output("numbers", "float", 1);
    const attributes = {
      keys_strings: { texts: ["é", "b"] },
      values_floats: { floats: [1.5, 2] },
      default_float: { float: -1 },
    };
    graph.node("LabelEncoder", [input], attributes, "numbers");
    graph.constant(Float64Array.of(0.1), []);
    graph.constant(BigInt64Array.of(-1n, 2n ** 40n), [2]);
    graph.constant(["x"], [1]);
    const bytes = graph.toBytes({});
    const { graph: read } = fromBinary(ModelProtoSchema, bytes);
    expect(
      read?.initializer.map(({ doubleData, int64Data, stringData }) => [doubleData, int64Data, stringData.length]),
    ).toEqual([
      [[0.1], [], 0],
      [[], [-1n, 2n ** 40n], 0],
      [[], [], 1],
    ]);
    const model = await createOnnxRuntime().load(bytes);
    const reply = await model.run({ texts: { datatype: "BYTES", shape: [3, 1], data: ["b", "", "é"] } });
    expect(Array.from(reply.numbers.data as Float32Array)).toEqual([2, -1, 1.5]);
    await model.release();
  });

  it("is refused by the runtime if a tensor has a name that no object can have", async () => {
    const graph = new GraphBuilder("odd");
    graph.output("value", "float", 1);
    graph.node("Identity", [graph.input("__proto__", "float", 1)], {}, "value");
    await expect(createOnnxRuntime().load(graph.toBytes({}))).rejects.toMatchObject({
      code: "rejected",
      message: 'no input can have the name "__proto__"; rename it',
    });
  });
});
