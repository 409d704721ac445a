import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../../shared/onnx/graph";
import { readSignature } from "../../../shared/onnx/signature";
import { createOnnxRuntime } from "../../../shared/onnxruntime/runtime";
import { smokeTest } from "../../../shared/uploads/smokeTest";

/** Runs the smoke test on a graph with two inputs a row. */
async function tested(build: (graph: GraphBuilder, rows: string) => void, classes?: string[]) {
  const graph = new GraphBuilder("test");
  build(graph, graph.input("x", "float", 2));
  const model = await createOnnxRuntime().load(graph.toBytes({}));
  try {
    return await smokeTest(model, readSignature(model, undefined, classes));
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

  it("refuses labels that are not among the classes", async () => {
    expect(await tested(classifier("Softmax"), ["0", "1"])).toMatchObject({ classes: ["0", "1"] });
    await expect(tested(classifier("Softmax"), ["dry", "wet"])).rejects.toThrow(
      'output "label" holds labels that are not among the classes, which are dry, wet',
    );
  });

  it("does not take numbers that do not add up to one for probabilities", async () => {
    const signature = await tested(classifier("Neg"));
    expect(signature.labelOutput).toBe("label");
    expect(signature.probabilityOutput).toBeUndefined();
  });

  it("does not take a single number beside the label for the probabilities of the classes", async () => {
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

  it("refuses a model that takes a fixed number of rows", async () => {
    const twoRows = tested((graph, rows) => {
      graph.output("y", "float", 1);
      const flat = graph.node("Reshape", [rows, graph.constant(BigInt64Array.of(2n, 2n), [2])]);
      graph.node("ReduceSum", [flat, graph.constant(BigInt64Array.of(1n), [1])], { keepdims: { int: 1 } }, "y");
    });
    await expect(twoRows).rejects.toMatchObject({ message: expect.stringContaining("fails on 1 row of zeros") });
  });

  it("refuses a model that returns NaN for ordinary rows", async () => {
    const logarithm = tested((graph, rows) => {
      graph.output("y", "float", 1);
      const sum = graph.node("ReduceSum", [rows, graph.constant(BigInt64Array.of(1n), [1])], { keepdims: { int: 1 } });
      graph.node("Sqrt", [sum], {}, "y");
    });
    await expect(logarithm).rejects.toMatchObject({
      code: "rejected",
      message: 'output "y" holds values that are not finite numbers for 1000 rows of random numbers',
    });
  });

  it("refuses probabilities that stop being probabilities on large numbers", async () => {
    const naive = tested((graph, rows) => {
      graph.output("label", "int64");
      graph.output("scores", "float", 2);
      const powers = graph.node("Exp", [rows]);
      const sum = graph.node("ReduceSum", [powers, graph.constant(BigInt64Array.of(1n), [1])], {
        keepdims: { int: 1 },
      });
      graph.node("Div", [powers, sum], {}, "scores");
      graph.node("ArgMax", [rows], { axis: { int: 1 }, keepdims: { int: 0 } }, "label");
    });
    await expect(naive).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringMatching(
        /"scores" holds values that are not probabilities for 10 rows of large and negative numbers/,
      ),
    });
  });

  it("makes a feature required if the model has no answer without it", async () => {
    const signature = await tested((graph, rows) => {
      graph.output("y", "float", 1);
      const column = (at: bigint) =>
        graph.node("Gather", [rows, graph.constant(BigInt64Array.of(at), [1])], { axis: { int: 1 } });
      const second = column(1n);
      const known = graph.node("Where", [
        graph.node("IsNaN", [second]),
        graph.constant(Float32Array.of(0), [1]),
        second,
      ]);
      graph.node("Add", [column(0n), known], {}, "y");
    });
    expect(signature.features.map(({ name, nullable }) => [name, nullable])).toEqual([
      ["x_0", false],
      ["x_1", true],
    ]);
  });

  it("lets a model refuse whole numbers outside its lookup table, but not rows of zeros and ones", async () => {
    const graph = new GraphBuilder("embedding");
    const input = graph.input("word", "int64", 1);
    graph.output("y", "float", 1);
    graph.node("Gather", [graph.constant(Float32Array.of(0.5, 1.5), [2]), input], {}, "y");
    const model = await createOnnxRuntime().load(graph.toBytes({}));
    expect((await smokeTest(model, readSignature(model))).valueOutput).toBe("y");
    await model.release();
  });
});
