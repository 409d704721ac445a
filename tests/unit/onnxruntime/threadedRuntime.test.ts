import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../../shared/onnx/graph";
import { readSignature } from "../../../shared/onnx/signature";
import { createOnnxRuntime } from "../../../shared/onnxruntime/runtime";
import { createThreadedRuntime } from "../../../shared/onnxruntime/threadedRuntime";
import type { RuntimeModel } from "../../../shared/ports";
import { plainRequest, predictionsOf } from "../../support/plainRequest";

const runtime = createThreadedRuntime();

/** A regression of one number: `factor` times it. */
function times(factor: number): Uint8Array {
  const graph = new GraphBuilder("times");
  const input = graph.input("numbers", "float", 1);
  graph.output("value", "float", 1);
  graph.node("Mul", [input, graph.constant(Float32Array.of(factor), [1])], {}, "value");
  return graph.toBytes({});
}

function signatureOf(model: RuntimeModel) {
  return readSignature(model, [{ name: "x", type: "number", nullable: false }]);
}

const numbers = (...data: number[]) => ({
  numbers: { datatype: "FP32" as const, shape: [data.length, 1], data: Float32Array.from(data) },
});

/** Runs a script in a process of its own, with the compiled runtime and the bytes of a model at hand. */
function script(body: string) {
  const module = path.resolve("dist/shared/onnxruntime/threadedRuntime.js");
  const bytes = JSON.stringify(Buffer.from(times(2)).toString("base64"));
  const prelude = `const runtime = require(${JSON.stringify(module)}).createThreadedRuntime();
    const numbers = (count) => ({ numbers: { datatype: "FP32", shape: [count, 1], data: new Float32Array(count).fill(3) } });
    runtime.load(Buffer.from(${bytes}, "base64")).then(async (model) => {`;
  return promisify(execFile)(process.execPath, ["-e", `${prelude}${body}\n});`]);
}

describe("the runtime in a thread", () => {
  it("describes models and answers like the runtime in this thread", async () => {
    const [here, there] = await Promise.all([createOnnxRuntime().load(times(2)), runtime.load(times(2))]);
    const { inputs, outputs } = there;
    expect({ inputs, outputs }).toEqual({ inputs: here.inputs, outputs: here.outputs });
    expect(await there.run(numbers(1, 2.5))).toEqual(await here.run(numbers(1, 2.5)));
    const request = plainRequest('{"data":[[1],[2.5]]}');
    const predicted = await there.predict(request, signatureOf(there));
    expect(predicted).toEqual(await here.predict(request, signatureOf(here)));
    expect(predicted.rowCount).toBe(2);
    expect(predictionsOf(predicted)).toEqual([{ value: 2 }, { value: 5 }]);
    await Promise.all([here.release(), there.release()]);
  });

  it("takes bytes as it takes text, and fails for a format that is not there", async () => {
    const model = await runtime.load(times(2));
    const text = '{"data":[[1],[2.5]]}';
    const answer = await model.predict(plainRequest(Buffer.from(text)), signatureOf(model));
    expect(answer).toEqual(await model.predict(plainRequest(text), signatureOf(model)));
    const telex = { ...plainRequest(text), format: "telex" };
    await expect(model.predict(telex, signatureOf(model))).rejects.toThrow('no wire format is called "telex"');
    await model.release();
  });

  it("gives each of many callers its own answer, of its own model", async () => {
    const models = await Promise.all([runtime.load(times(2)), runtime.load(times(-3))]);
    const signatures = models.map(signatureOf);
    const replies = await Promise.all(
      Array.from({ length: 200 }, async (_, at) => {
        const asked = plainRequest(`{"rows":[{"x":${at}}]}`);
        return predictionsOf(await models[at % 2].predict(asked, signatures[at % 2]))[0].value;
      }),
    );
    expect(replies).toEqual(Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? 2 * at : 0 - 3 * at)));
    await Promise.all(models.map((model) => model.release()));
  });

  it("uses the signature of each call, even if it changes between two", async () => {
    const model = await runtime.load(times(2));
    const renamed = readSignature(model, [{ name: "y", type: "number", nullable: true }]);
    await model.predict(plainRequest('{"rows":[{"x":1}]}'), signatureOf(model));
    const answer = await model.predict(plainRequest('{"rows":[{"y":1}]}'), renamed);
    expect(predictionsOf(answer)).toEqual([{ value: 2 }]);
    await model.release();
  });

  it("fails like the runtime in this thread: the same code and fields at fault, for that caller only", async () => {
    const model = await runtime.load(times(2));
    const signature = signatureOf(model);
    const [wrong, noJson, right] = await Promise.allSettled([
      model.predict(plainRequest('{"data":[["a"]]}'), signature),
      model.predict(plainRequest("{"), signature),
      model.predict(plainRequest('{"data":[[1]]}'), signature),
    ]);
    expect(wrong).toMatchObject({
      reason: { code: "invalid_input", details: [{ path: "data[0][0]", message: expect.stringContaining("number") }] },
    });
    expect(noJson).toMatchObject({
      reason: { code: "invalid_input", message: expect.stringContaining("the body is not valid JSON (line 1, ") },
    });
    expect(right.status).toBe("fulfilled");
    const wide = { numbers: { datatype: "FP32" as const, shape: [1, 2], data: Float32Array.of(1, 2) } };
    await expect(model.run(wide)).rejects.toMatchObject({
      code: "internal",
      message: expect.stringContaining("failed at inference"),
    });
    await expect(runtime.load(Buffer.from("no model"))).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("the file is not an ONNX model, or is cut short"),
    });
    await model.release();
    await expect(model.run(numbers(1))).rejects.toThrow("was released");
  });

  it("lets the process end once its answers have arrived", async () => {
    const { stdout } = await script("console.log((await model.run(numbers(2))).value.data.join());");
    expect(stdout.trim()).toBe("6,6");
  });

  it("lets the process end in the middle of its runs", async () => {
    const busy = "for (let i = 0; i < 300; i++) void model.run(numbers(100_000)); setTimeout(process.exit, 20, 7);";
    await expect(script(busy)).rejects.toMatchObject({ code: 7 });
  });
});
