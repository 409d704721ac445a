import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../../shared/onnx/graph";
import type { ModelRuntime } from "../../../shared/ports";
import { adaptUpload } from "../../../shared/uploads/adaptUpload";

/** Probabilities of two classes behind so many nodes that do nothing. */
function longGraph(nodes: number): Uint8Array {
  const graph = new GraphBuilder("long");
  let at = graph.input("x", "float", 2);
  for (let node = 0; node < nodes; node++) at = graph.node("Identity", [at]);
  graph.output("p", "float", 2);
  graph.node("Softmax", [at], { axis: { int: 1 } }, "p");
  return graph.toBytes({});
}

/** Tells what the graph above takes and gives, without loading it. */
const runtime: ModelRuntime = {
  load: async () => ({
    inputs: [{ name: "x", datatype: "FP32", shape: [-1, 2] }],
    outputs: [{ name: "p", datatype: "FP32", shape: [-1, 2] }],
    run: () => Promise.reject(new Error("nobody runs it")),
    predict: () => Promise.reject(new Error("nobody runs it")),
    release: async () => undefined,
  }),
};

/** This thread's share of the processor time that the process takes for `work`, whatever else the machine does. */
async function ownShare(work: () => Promise<unknown>): Promise<number> {
  const total = ({ user, system }: NodeJS.CpuUsage) => user + system;
  const [own, whole] = [process.threadCpuUsage(), process.cpuUsage()];
  await work();
  return total(process.threadCpuUsage(own)) / total(process.cpuUsage(whole));
}

describe("an uploaded graph that has to be changed", () => {
  it("is changed off the event loop, however large it is", async () => {
    const uploaded = longGraph(150_000);
    const modelLimits = { bytes: 1e9, columns: 100 };
    const description = { classes: ["no", "yes"] };
    const share = await ownShare(async () => {
      const { bytes, classes, changes } = await adaptUpload(
        { trialRuntime: runtime, modelLimits },
        uploaded,
        description,
        undefined,
      );
      expect(classes).toEqual(["no", "yes"]);
      expect(bytes.byteLength).toBeGreaterThan(uploaded.byteLength);
      expect(changes).toEqual(["the likeliest class was put behind the probabilities as the label"]);
    });
    expect(share).toBeLessThan(0.5);
  });
});
