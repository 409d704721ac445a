import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { readSignature } from "../../../shared/onnx/signature";
import { createThreadedRuntime } from "../../../shared/onnxruntime/threadedRuntime";
import { loopingBetween } from "../../support/hostileGraphs";
import { plainRequest, predictionsOf } from "../../support/plainRequest";

/** Takes a second or more, and then ends. */
const manyRounds = 600_000;
/** Takes some milliseconds. */
const fewRounds = 2_000;

const row = (...values: number[]) => ({
  x: { datatype: "FP32" as const, shape: [1, 2], data: Float32Array.from(values) },
});
const body = (x: number) => JSON.stringify({ data: [[x, 1]] });

/** Runs a script in a process of its own: a thread that hangs would keep this one from ending. */
async function script(
  graph: Uint8Array,
  lines: string,
  timeoutMs = 500,
): Promise<{ code: number | string; stdout: string }> {
  const module = JSON.stringify(path.resolve("dist/shared/onnxruntime/threadedRuntime.js"));
  const signature = JSON.stringify(path.resolve("dist/shared/onnx/signature.js"));
  const bytes = JSON.stringify(Buffer.from(graph).toString("base64"));
  const text = `
    const runtime = require(${module}).createThreadedRuntime(${timeoutMs});
    const { readSignature } = require(${signature});
    const bytes = Buffer.from(${bytes}, "base64");
    const body = (x) => JSON.stringify({ data: [[x, 1]] });
    const request = (x) => ({ format: "plain", body: body(x), model: "m", version: 1, requestId: "r" });
    const valueOf = ({ body }) => JSON.parse(body).predictions[0].value;
    Promise.all([runtime.load(bytes), runtime.load(bytes)]).then(async ([bad, good]) => {
      const ask = (model, x) => model.predict(request(x), readSignature(model)).then(valueOf, ({ code }) => code);
      ${lines}
    });`;
  const run = promisify(execFile)(process.execPath, ["-e", text]);
  return run.then(
    ({ stdout }) => ({ code: 0, stdout: stdout.trim() }),
    ({ code, signal, stdout }) => ({ code: signal ?? code, stdout: stdout.trim() }),
  );
}

describe("a thread whose model does not finish", () => {
  it("is replaced: its caller gets a time-out, and no request to another model is lost", async () => {
    const { stdout } = await script(
      loopingBetween(100, 1e30),
      `await ask(good, 1);
       const asked = [ask(bad, 1000), ...Array.from({ length: 20 }, (_, i) => ask(good, i)), ask(bad, 1000)];
       const [first, ...others] = await Promise.all(asked);
       const later = await Promise.all([ask(good, 7), ask(bad, 1)]);
       console.log(JSON.stringify({ first, others, later }));
       process.exit(0);`,
    );
    const { first, others, later } = JSON.parse(stdout);
    expect(first).toBe("timeout");
    expect(others.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(others[20]).toBe("not_ready"); // the model was stopped for all its callers
    expect(later).toEqual([7, "not_ready"]);
  });

  it("does not keep the process from ending", async () => {
    for (const atLast of ["", "process.exit(0)"]) {
      const { code, stdout } = await script(loopingBetween(100, 1e30), `console.log(await ask(bad, 1000)); ${atLast}`);
      expect(stdout).toBe("timeout");
      expect(code).toBe("SIGKILL"); // at its own end: nothing else ends a thread in the middle of a run
    }
  });

  it("ends by itself once its run finishes after all", async () => {
    const { code, stdout } = await script(
      loopingBetween(100, 1e30, manyRounds),
      `console.log(await ask(bad, 1000));
       const held = process.listenerCount("exit");
       const look = setInterval(() => {
         if (process.listenerCount("exit") === held) return; // it would still be killed at its end
         clearInterval(look);
         console.log("ended");
       }, 50);`,
      100,
    );
    expect(stdout.split("\n")).toEqual(["timeout", "ended"]);
    expect(code).toBe(0);
  });

  it("is left alone while every run ends in time, however many wait", async () => {
    const runtime = createThreadedRuntime(300);
    const model = await runtime.load(loopingBetween(100, 1e30, fewRounds));
    const signature = readSignature(model);
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => model.predict(plainRequest(body(1000)), signature)),
    );
    expect(new Set(answers.map((answer) => predictionsOf(answer)[0].value))).toEqual(new Set([1000]));
    expect((await model.run(row(3, 1))).y.data).toEqual(Float32Array.of(3));
    await model.release();
  });
});
