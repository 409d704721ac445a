import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../../shared/onnx/graph";
import { refuseLargeModel, refuseWideModel } from "../../../shared/onnx/modelLimits";
import { createOnnxRuntime } from "../../../shared/onnxruntime/runtime";

const limits = { bytes: 1000, columns: 10_000 };

/** The mean of that many numbers per row. */
async function meanOf(width: number, name = "x") {
  const graph = new GraphBuilder("wide");
  const input = graph.input(name, "float", width);
  graph.output("y", "float", 1);
  graph.node("ReduceMean", [input], { axes: { ints: [1] }, keepdims: { int: 1 } }, "y");
  return createOnnxRuntime().load(graph.toBytes({}));
}

describe("a model trained elsewhere", () => {
  it.each([10_001, 1_000_000, 200_000_000])(
    "is refused for an input of %d columns, without taking time",
    async (width) => {
      const model = await meanOf(width);
      expect(() => refuseWideModel(model, limits)).toThrow(
        `the model's inputs have ${width} columns; the limit is 10000 (TIDEGATE_MAX_MODEL_COLUMNS)`,
      );
      await model.release();
    },
  );

  it("is accepted with as many columns as the limit", async () => {
    const model = await meanOf(10_000);
    expect(() => refuseWideModel(model, limits)).not.toThrow();
    await model.release();
  });

  it("is refused for its outputs, its names and its size", async () => {
    const tensor = (name: string, width: number) => ({ name, datatype: "FP32" as const, shape: [-1, width] });
    const wide = { inputs: [tensor("x", 1)], outputs: [tensor("a", 6000), tensor("b", 6000)] };
    expect(() => refuseWideModel(wide, limits)).toThrow("the model's outputs have 12000 columns");
    const named = { inputs: [tensor("x".repeat(201), 1)], outputs: [] };
    expect(() => refuseWideModel(named, limits)).toThrow("a name of 201 characters");
    expect(() => refuseLargeModel(new Uint8Array(2 * 2 ** 20), { ...limits, bytes: 2 ** 20 })).toThrow(
      "the model file has 2 MB; the limit is 1 (TIDEGATE_MAX_MODEL_MB)",
    );
  });
});
