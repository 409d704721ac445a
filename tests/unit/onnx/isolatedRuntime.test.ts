import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../../shared/onnx/graph";
import { createIsolatedRuntime } from "../../../shared/onnx/isolatedRuntime";
import { readSignature } from "../../../shared/onnx/signature";

/** y = Loop of Neg over x [rows, 1], 2^62 times; written with the onnx package for Python. */
const endless = Buffer.from(
  "CAg65wEKmQEKAW0KAXQKAXgSAXkiBExvb3AqhAEKBGJvZHkyeQoRCgFjEgJjbyIISWRlbnRpdHkKDAoBdhICdm8iA05lZxIBYloLCgFpEgYKBAgHEgBaCwoBYxIGCgQICRIAWhQKAXYSDwoNCAESCQoDEgFuCgIIAWIMCgJjbxIGCgQICRIAYhUKAnZvEg8KDQgBEgkKAxIBbgoCCAGgAQUSAWcqEBAHOgmAgICAgICAgEBCAW0qCBAJKgEBQgF0WhQKAXgSDwoNCAESCQoDEgFuCgIIAWIUCgF5Eg8KDQgBEgkKAxIBbgoCCAFCBAoAEBE=",
  "base64",
);

/** Twice its number. */
function doubling(): Uint8Array {
  const graph = new GraphBuilder("doubling");
  const input = graph.input("x", "float", 1);
  graph.output("y", "float", 1);
  graph.node("Add", [input, input], {}, "y");
  return graph.toBytes({});
}

const row = { x: { datatype: "FP32" as const, shape: [1, 1], data: Float32Array.of(2.5) } };

describe("the runtime for models that nobody knows yet", () => {
  it("runs and predicts as any other", async () => {
    const model = await createIsolatedRuntime().load(doubling());
    expect(await model.run(row)).toEqual({ y: { datatype: "FP32", shape: [1, 1], data: Float32Array.of(5) } });
    expect((await model.predict('{"data":[[4]]}', readSignature(model))).reply).toBe('[{"value":8}]');
    await model.release();
  });

  it("gives up a model that never answers, and goes on with the next one", async () => {
    const runtime = createIsolatedRuntime(3000);
    const model = await runtime.load(endless);
    const next = runtime.load(doubling());
    await expect(model.run(row)).rejects.toMatchObject({
      code: "rejected",
      message: "the model did not answer within 3 s",
    });
    await model.release();
    const answered = await next;
    expect((await answered.run(row)).y.data).toEqual(Float32Array.of(5));
    await answered.release();
  });

  it("says why a file is no model, as any other", async () => {
    await expect(createIsolatedRuntime().load(Buffer.from("no model"))).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("ONNX Runtime cannot load the model"),
    });
  });
});
