import { describe, expect, it } from "vitest";
import { type DeclaredFeature, readSignature } from "../../../shared/onnx/signature";
import type { TensorInfo } from "../../../shared/ports";

const outputs: TensorInfo[] = [{ name: "y", datatype: "FP32", shape: [-1, 1] }];
const declared: DeclaredFeature[] = [
  { name: "length", type: "number", nullable: true },
  { name: "width", type: "number", nullable: true },
];

describe("a graph whose columns are not those of its use case", () => {
  it("is refused, with what it takes and what is declared", () => {
    const inputs: TensorInfo[] = [
      { name: "x", datatype: "FP32", shape: [-1, 5] },
      { name: "colour", datatype: "BYTES", shape: [-1, 1] },
    ];
    expect(() => readSignature({ inputs, outputs }, declared)).toThrow(
      "the graph takes 5 numbers and 1 category; the use case declares length (number), width (number)",
    );
  });
});
