import { describe, expect, it } from "vitest";
import { readSignature } from "../../../shared/onnx/signature";
import type { RuntimeModel } from "../../../shared/ports";
import { predict } from "../../../shared/serving/predict";
import { plainRequest, predictionsOf } from "../../support/plainRequest";

const graph = {
  inputs: [{ name: "x", datatype: "FP32" as const, shape: [-1, 1] }],
  outputs: [{ name: "y", datatype: "FP32" as const, shape: [-1, 1] }],
};
const signature = readSignature(graph);

describe("a request with many rows", () => {
  it("runs in pieces of 1,024 that let the event loop run in between, and is answered in order", async () => {
    const sizes: number[] = [];
    let turns = 0;
    let isOver = false;
    const countTurns = () => {
      turns++;
      if (!isOver) setImmediate(countTurns);
    };
    setImmediate(countTurns);
    const run: RuntimeModel["run"] = async ({ x }) => {
      sizes.push(x.shape[0]);
      return { y: x };
    };
    const values = Array.from({ length: 2_500 }, (_, row) => row);
    const answer = await predict({ run }, plainRequest(JSON.stringify({ data: values.map((x) => [x]) })), signature);
    isOver = true;
    expect(sizes).toEqual([1024, 1024, 452]);
    expect(turns).toBeGreaterThanOrEqual(2);
    expect(answer.rowCount).toBe(2_500);
    expect(predictionsOf(answer)).toEqual(values.map((value) => ({ value })));
    expect(JSON.parse(answer.log)).toEqual({ value: values });
  });
});
