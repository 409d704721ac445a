import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, it } from "vitest";
import { refuseExternalData } from "../../../shared/onnx/externalData";
import { GraphBuilder } from "../../../shared/onnx/graph";

/** A message whose only content stands under `path`, a chain of field numbers. */
function nested(path: number[], content: Uint8Array): Uint8Array {
  return path.reduceRight(
    (inner, field) => new BinaryWriter().tag(field, WireType.LengthDelimited).bytes(inner).finish(),
    content,
  );
}

const location = nested([13, 1], Buffer.from("location"));
const refusal = /weights in another file/;

describe("a model that refers to another file", () => {
  it.each([
    ["an initializer", [7, 5]],
    ["a constant of a node", [7, 1, 5, 5]],
    ["one of several tensors of a node", [7, 1, 5, 10]],
    ["a graph within a node", [7, 1, 5, 6, 5]],
    ["one of several graphs within a node", [7, 1, 5, 11, 1, 5, 5]],
    ["a sparse initializer", [7, 15, 1]],
    ["a function of the model", [25, 7, 5, 5]],
    ["a training graph", [20, 2, 5]],
  ])("is refused when it does so in %s", (_where, path) => {
    expect(() => refuseExternalData(nested(path, location))).toThrow(refusal);
  });

  it("is refused if its graphs are nested too deep", () => {
    expect(() => refuseExternalData(nested([7, ...Array(60).fill([1, 5, 6]).flat()], location))).toThrow(/nested/);
  });

  it("is told apart from a model with its own weights, and from a file that is not a model", () => {
    const graph = new GraphBuilder("own weights");
    graph.output("y", "float", 2);
    graph.node("Mul", [graph.input("x", "float", 2), graph.constant(Float32Array.of(2, 3), [1, 2])], {}, "y");
    for (const bytes of [
      graph.toBytes({}),
      graph.toBytes({}).subarray(0, 40),
      Buffer.from("no model"),
      Buffer.alloc(0),
    ])
      expect(() => refuseExternalData(bytes)).not.toThrow();
  });
});
