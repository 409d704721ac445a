import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../shared/errors";
import { readSignature } from "../../../shared/onnx/signature";
import { createProcessRuntime } from "../../../shared/onnxruntime/processRuntime";
import { hungryGraph, loopingBetween } from "../../support/hostileGraphs";
import { plainRequest, predictionsOf } from "../../support/plainRequest";

const limits = { timeoutMs: 500, memoryBytes: 2 ** 30 };
const asking = (...rows: number[]) => plainRequest(JSON.stringify({ data: rows.map((x) => [x, 1]) }));

async function loaded(graph: Uint8Array, some = limits) {
  const ended: string[] = [];
  const guard = {
    admit: () => {},
    ended: (error?: unknown) => void ended.push((error as { code?: string } | undefined)?.code ?? "well"),
  };
  const model = await createProcessRuntime(some, guard).load(graph);
  return { model, signature: readSignature(model), ended };
}

describe("the runtime for models that were trained elsewhere", () => {
  it("stops a run that takes too long, and answers the next request in a new process", async () => {
    const { model, signature, ended } = await loaded(loopingBetween(100, 1e30));
    expect(predictionsOf(await model.predict(asking(4), signature))).toEqual([{ value: 4 }]);
    const bytes = plainRequest(Buffer.from('{"data":[[4,1]]}'));
    expect(predictionsOf(await model.predict(bytes, signature))).toEqual([{ value: 4 }]);
    const asked = [model.predict(asking(1000), signature), model.predict(asking(5), signature)];
    const [stopped, next] = await Promise.allSettled(asked);
    expect(stopped).toMatchObject({ reason: { code: "timeout", message: "the model did not answer within 0.5 s" } });
    expect(next).toMatchObject({ value: { body: expect.stringContaining('"predictions":[{"value":5}]') } });
    expect(ended).toEqual(["well", "well", "timeout", "well"]);
    await model.release();
  });

  it("limits each piece of a large request, not the whole request", async () => {
    const { model, signature } = await loaded(loopingBetween(100, 1e30, 20_000), { ...limits, timeoutMs: 2_000 });
    const rows = new Array(60 * 1024 + 1).fill(1000); // two seconds or more in pieces of some hundredths
    expect((await model.predict(asking(...rows), signature)).rowCount).toBe(rows.length);
    await model.release();
  });

  it("does not run what the guard does not admit, even if it waited for another run", async () => {
    let stops = 0;
    const guard = {
      admit: () => {
        if (stops > 0) throw new AppError("not_ready", "paused");
      },
      ended: (error?: unknown) => void (error && stops++),
    };
    const model = await createProcessRuntime(limits, guard).load(loopingBetween(100, 1e30));
    const signature = readSignature(model);
    const asked = Array.from({ length: 5 }, () => model.predict(asking(1000), signature));
    const codes = (await Promise.allSettled(asked)).map((one) => (one as PromiseRejectedResult).reason.code);
    expect(codes).toEqual(["timeout", "not_ready", "not_ready", "not_ready", "not_ready"]);
    await model.release();
  });

  it.runIf(process.platform === "linux")("stops a run that takes too much memory", async () => {
    const { model, signature, ended } = await loaded(hungryGraph(), { ...limits, timeoutMs: 60_000 });
    await expect(model.predict(asking(1), signature)).rejects.toMatchObject({
      code: "crashed",
      message: "the model took more than 1024 MB of memory",
    });
    expect(ended).toEqual(["crashed"]);
    await model.release();
  });

  it.runIf(process.platform === "linux")("leaves no process behind, however its parent ends", async () => {
    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      const parent = hangingScript();
      const pids = await parent.hanging;
      expect(pids).toHaveLength(1);
      parent.kill(signal);
      while (pids.some(isRunning)) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
});

/** A process whose model hangs in a process of its own, and the ids of its children then. */
function hangingScript() {
  const module = JSON.stringify(path.resolve("dist/shared/onnxruntime/processRuntime.js"));
  const bytes = JSON.stringify(Buffer.from(loopingBetween(100, 1e30)).toString("base64"));
  const text = `
    const { createProcessRuntime } = require(${module});
    const runtime = createProcessRuntime({ timeoutMs: 600_000, memoryBytes: 2 ** 30 }, { admit() {}, ended() {} });
    process.on("SIGTERM", () => process.exit(0));
    runtime.load(Buffer.from(${bytes}, "base64")).then((model) => {
      model.run({ x: { datatype: "FP32", shape: [1, 2], data: Float32Array.of(1000, 1) } });
      setTimeout(() => console.log("hangs"), 200);
    });`;
  const child = spawn(process.execPath, ["-e", text], { stdio: ["ignore", "pipe", "inherit"] });
  const hanging = new Promise<number[]>((resolve) => {
    child.stdout.once("data", () => resolve(childrenOf(child.pid as number)));
  });
  return { hanging, kill: (signal: NodeJS.Signals) => child.kill(signal) };
}

function childrenOf(parent: number): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => statOf(pid)?.parent === parent);
}

function isRunning(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.state !== "Z";
}

function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return { state, parent: Number(parent) };
  } catch {
    return undefined; // it has ended
  }
}
