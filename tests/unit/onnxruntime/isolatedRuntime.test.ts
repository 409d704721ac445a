import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../../shared/onnx/graph";
import { createIsolatedRuntime } from "../../../shared/onnxruntime/isolatedRuntime";
import { hungryGraph, loopingBetween } from "../../support/hostileGraphs";

const limits = { timeoutMs: 10_000, memoryBytes: 2 ** 30 };

/** Twice its number. */
function doubling(): Uint8Array {
  const graph = new GraphBuilder("doubling");
  const input = graph.input("x", "float", 1);
  graph.output("y", "float", 1);
  graph.node("Add", [input, input], {}, "y");
  return graph.toBytes({});
}

const row = { x: { datatype: "FP32" as const, shape: [1, 1], data: Float32Array.of(2.5) } };

const twoColumns = (...values: number[]) => ({
  x: { datatype: "FP32" as const, shape: [values.length / 2, 2], data: Float32Array.from(values) },
});

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
}

describe("the runtime for models that are not known yet", () => {
  it("runs models like any other", async () => {
    const model = await createIsolatedRuntime(limits).load(doubling());
    expect(await model.run(row)).toEqual({ y: { datatype: "FP32", shape: [1, 1], data: Float32Array.of(5) } });
    await model.release();
  });

  it("gives up on a model that never answers, and continues with the next one", async () => {
    const runtime = createIsolatedRuntime({ ...limits, timeoutMs: 300 });
    const model = await runtime.load(loopingBetween(100, 1e30));
    const next = runtime.load(doubling());
    await expect(model.run(twoColumns(1000, 1))).rejects.toMatchObject({
      code: "rejected",
      message: "the model did not answer within 0.3 s",
    });
    await model.release();
    const answered = await next;
    expect((await answered.run(row)).y.data).toEqual(Float32Array.of(5));
    await answered.release();
  });

  it("accepts a second model beside one that does not answer, and a third once one of the two has ended", async () => {
    const runtime = createIsolatedRuntime({ ...limits, timeoutMs: 60_000 });
    const hanging = await runtime.load(loopingBetween(100, 1e30));
    const never = hanging.run(twoColumns(1000, 1)).catch((error: unknown) => error);
    const good = await runtime.load(doubling());
    expect((await good.run(row)).y.data).toEqual(Float32Array.of(5));
    let isThere = false;
    const third = runtime.load(doubling()).finally(() => {
      isThere = true;
    });
    await good.run(row);
    expect(isThere).toBe(false);
    await good.release();
    await (await third).release();
    await hanging.release();
    expect(await never).toMatchObject({ code: "rejected" });
  });

  it("refuses a model that keeps its weights in another file", async () => {
    // a graph, a tensor, its external data
    const location = Buffer.from([0x3a, 0x06, 0x2a, 0x04, 0x6a, 0x02, 0x0a, 0x00]);
    await expect(createIsolatedRuntime(limits).load(location)).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("weights in another file"),
    });
  });

  it.runIf(process.platform === "linux")(
    "refuses a model that takes more memory than allowed, and says so",
    async () => {
      const model = await createIsolatedRuntime({ ...limits, timeoutMs: 60_000 }).load(hungryGraph());
      await expect(model.run(twoColumns(1, 1))).rejects.toMatchObject({
        code: "rejected",
        message: "the model took more than 1024 MB of memory",
      });
      await model.release();
    },
  );

  it.runIf(process.platform === "linux")(
    "gives the process nothing from the environment, which contains keys",
    async () => {
      const before = childrenOf(process.pid);
      const model = await createIsolatedRuntime(limits).load(doubling());
      const [child] = childrenOf(process.pid).filter((pid) => !before.includes(pid));
      const names = readFileSync(`/proc/${child}/environ`, "utf8")
        .split("\0")
        .map((line) => line.split("=")[0])
        .filter(Boolean);
      expect(names.filter((name) => !name.startsWith("NODE_CHANNEL_"))).toEqual([]);
      await model.release();
    },
  );

  it("says why a file is not a model, like any other", async () => {
    await expect(createIsolatedRuntime(limits).load(Buffer.from("no model"))).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("the file is not an ONNX model, or is cut short"),
    });
  });
});
