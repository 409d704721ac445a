import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../../shared/onnx/graph";
import { createOnnxRuntime } from "../../../shared/onnx/runtime";
import { readSignature } from "../../../shared/onnx/signature";
import { smokeTest } from "../../../shared/registry/smokeTest";

/** Runs the smoke test on a graph with two inputs a row. */
async function tested(build: (graph: GraphBuilder, rows: string) => void) {
  const graph = new GraphBuilder("test");
  build(graph, graph.input("x", "float", 2));
  const model = await createOnnxRuntime().load(graph.toBytes({}));
  try {
    return await smokeTest(model, readSignature(model));
  } finally {
    await model.release();
  }
}

/** A label, the place of the highest of the scores, beside the scores. */
function classifier(operator: string) {
  return (graph: GraphBuilder, rows: string) => {
    graph.output("label", "int64");
    graph.output("scores", "float", 2);
    const scores = graph.node(operator, [rows], {}, "scores");
    graph.node("ArgMax", [scores], { axis: { int: 1 }, keepdims: { int: 0 } }, "label");
  };
}

describe("the smoke test of a model trained elsewhere", () => {
  it("keeps the probabilities of a classifier", async () => {
    expect(await tested(classifier("Softmax"))).toMatchObject({ labelOutput: "label", probabilityOutput: "scores" });
  });

  it("takes numbers that do not add up to one for no probabilities", async () => {
    const signature = await tested(classifier("Neg"));
    expect(signature.labelOutput).toBe("label");
    expect(signature.probabilityOutput).toBeUndefined();
  });

  it("takes a single number beside the label for no probability of each class", async () => {
    const signature = await tested((graph, rows) => {
      graph.output("label", "int64");
      graph.output("margin", "float", 1);
      graph.node("ArgMax", [rows], { axis: { int: 1 }, keepdims: { int: 0 } }, "label");
      graph.node("ReduceMax", [rows], { axes: { ints: [1] }, keepdims: { int: 1 } }, "margin");
    });
    expect(signature.probabilityOutput).toBeUndefined();
  });

  it("refuses a model that answers a row with several numbers", async () => {
    const severalNumbers = tested((graph, rows) => {
      graph.output("y", "float", 2);
      graph.node("Neg", [rows], {}, "y");
    });
    await expect(severalNumbers).rejects.toMatchObject({
      code: "rejected",
      message: 'output "y" holds 4 values for 2 rows; a model answers each row with one label or one number',
    });
  });

  it("refuses a model that fails on more than one row", async () => {
    const oneRow = tested((graph, rows) => {
      graph.output("y", "float", 1);
      const flat = graph.node("Reshape", [rows, graph.constant(BigInt64Array.of(1n, 2n), [2])]);
      graph.node("ReduceSum", [flat], { keepdims: { int: 1 } }, "y");
    });
    await expect(oneRow).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringMatching(/fails on 2 rows of zeros/),
    });
  });
});
