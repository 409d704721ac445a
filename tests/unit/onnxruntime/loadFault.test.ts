import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../../shared/onnx/graph";
import { ModelProtoSchema } from "../../../shared/onnx/onnx.generated";
import { loadFault } from "../../../shared/onnxruntime/loadFault";
import { createOnnxRuntime } from "../../../shared/onnxruntime/runtime";

/** One node between a number and a number. */
function model(opType: string): Uint8Array {
  const graph = new GraphBuilder("one");
  const input = graph.input("x", "float", 1);
  graph.output("y", "float", 1);
  graph.node(opType, [input], {}, "y");
  return graph.toBytes({});
}

function asking(opset: number, irVersion = 8): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: BigInt(irVersion),
      opsetImport: [{ domain: "", version: BigInt(opset) }],
      graph: { name: "g" },
    }),
  );
}

const whole = model("Identity");
const junk = "the file is not an ONNX model, or is cut short: export it again and drop the whole file";

describe("a file that ONNX Runtime cannot load", () => {
  it.each<[string, Uint8Array, RegExp]>([
    ["text", Buffer.from("hello, this is not a model"), new RegExp(`^${junk}$`)],
    ["half a model", whole.subarray(0, whole.length - 10), new RegExp(`^${junk}$`)],
    ["its first bytes", whole.subarray(0, 2), new RegExp(`^${junk}$`)],
    ["nothing", new Uint8Array(), /^the file is empty: export the model again$/],
    ["an opset of the future", asking(999), /^the model requires opset 999 of ai\.onnx; .* opset \d+ or lower$/],
    ["a format of the future", asking(17, 999), /^the model has ONNX format \(IR\) version 999; .* onnx package$/],
    [
      "an operator that nobody knows",
      model("FooBar"),
      /^ONNX Runtime does not know the operator FooBar as .* or another opset \(ONNX Runtime: .*FooBar/,
    ],
    [
      "an attribute that is missing",
      model("Cast"),
      /^the model's graph is inconsistent: export it again \(ONNX Runtime: .*attribute 'to' is missing/,
    ],
  ])("is refused in plain words: %s", async (_what, bytes, words) => {
    await expect(createOnnxRuntime().load(bytes)).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringMatching(words),
    });
  });

  it("keeps the runtime's own message if nothing better is known, without its source lines", () => {
    const text = "/onnxruntime_src/core/a.cc:1 void f(const std::map<int, int>&) Something new.\n";
    expect(loadFault(text)).toBe("ONNX Runtime cannot load the model: Something new.");
  });
});
