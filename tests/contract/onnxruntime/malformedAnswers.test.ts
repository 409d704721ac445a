import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { captureContainer } from "../../../shared/capture/inferenceLog";
import { explainRequest } from "../../../shared/explain/explainRequest";
import { GraphBuilder } from "../../../shared/onnx/graph";
import type { ModelSignature } from "../../../shared/onnx/signature";
import { toProblem } from "../../../shared/problem";
import { Loop, shippedSpec } from "../../support/loop";

/** A number divided by itself: not a number for 0. */
function ratio(): Uint8Array {
  const graph = new GraphBuilder("ratio");
  const x = graph.input("x", "float", 1);
  graph.output("value", "float", 1);
  graph.node("Div", [x, x], {}, "value");
  return graph.toBytes({});
}

/** Answers the first two rows, however many there are. */
function firstTwo(): Uint8Array {
  const graph = new GraphBuilder("first two");
  const x = graph.input("x", "float", 1);
  graph.output("value", "float", 1);
  const [from, to, axis] = [0n, 2n, 0n].map((value) => graph.constant(BigInt64Array.of(value), [1]));
  graph.node("Slice", [x, from, to, axis], {}, "value");
  return graph.toBytes({});
}

const signature: ModelSignature = {
  inputs: [{ name: "x", datatype: "FP32", shape: [-1, 1] }],
  outputs: [{ name: "value", datatype: "FP32", shape: [-1, 1] }],
  features: [{ name: "x", type: "number", nullable: true, input: "x", index: 0 }],
  valueOutput: "value",
};

let loop: Loop;
beforeAll(async () => {
  loop = await Loop.start(shippedSpec("coffee-grade"));
  for (const [model, bytes] of Object.entries({ ratio: ratio(), "first-two": firstTwo() })) {
    const details = {
      signature,
      gate: { decision: "not judged" as const, reasons: ["test"] },
      lineage: { source: "upload" as const, codeRevision: "test" },
    };
    const operation = `op-${model}`;
    const { version } = await loop.app.registry.register({ model, bytes, details, operation, actor: "test" });
    const move = {
      model,
      alias: "champion" as const,
      version,
      operation: `${operation}-move`,
      actor: "test",
      reason: "t",
    };
    await loop.app.registry.moveAlias(move);
  }
});
afterAll(() => loop?.stop());

/** Status and body as the endpoint answers. */
async function score(model: string, ...values: number[]) {
  try {
    const rows = values.map((x) => ({ x }));
    const { status, body } = await loop.score(model, rows);
    return { status, body: JSON.parse(body) };
  } catch (thrown) {
    return toProblem(thrown, "r");
  }
}

async function lastCaptured(model: string) {
  await loop.app.capture?.flush();
  const lines: string[] = [];
  for await (const { name } of loop.storage.blobs.list(captureContainer, `${model}/`)) {
    const bytes = (await loop.storage.blobs.read(captureContainer, name)) as Uint8Array;
    lines.push(...Buffer.from(bytes).toString("utf8").trimEnd().split("\n"));
  }
  return JSON.parse(lines.at(-1) ?? "").data;
}

describe("a model that returns an unusable answer", () => {
  it("is an error if it is not a number, never 200, with valid JSON in the log", async () => {
    expect(await score("ratio", 3, 4)).toMatchObject({
      status: 200,
      body: { predictions: [{ value: 1 }, { value: 1 }] },
    });
    const { status, body } = await score("ratio", 3, 0, 4);
    expect([status, body.code]).toEqual([500, "internal"]);
    expect(body.error).toContain("the model's answer to row 1 is not a finite number");
    expect(await lastCaptured("ratio")).toMatchObject({ status: 500, outputs: null, error: body.error });
  });

  it("is an error if there are fewer predictions than rows", async () => {
    expect((await score("first-two", 3, 4)).status).toBe(200);
    const { status, body } = await score("first-two", 3, 4, 5);
    expect([status, body.code]).toEqual([500, "internal"]);
    expect(body.error).toContain("the model answered 3 rows with 2 predictions");
    expect(await lastCaptured("first-two")).toMatchObject({ status: 500, outputs: null });
  });

  it("is also an error when it is explained or used in a comparison", async () => {
    const explain = (rows: object[], background: object[]) => {
      const body = JSON.stringify({ rows, background: { rows: background } });
      return explainRequest(loop.app, { model: "ratio", body, requestId: "r" });
    };
    const message = expect.stringContaining("not a finite number");
    await expect(explain([{ x: 0 }], [{ x: 1 }])).rejects.toMatchObject({ code: "internal", message });
    await expect(explain([{ x: 1 }], [{ x: 0 }])).rejects.toMatchObject({ code: "internal", message });
    expect(await explain([{ x: 1 }], [{ x: 2 }])).toMatchObject({ explanations: [{ baseValue: 1 }] });
  });
});
