import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modelCard } from "../../../shared/card/modelCard";
import { modelCardPage } from "../../../shared/card/modelCardPage";
import { reconcile } from "../../../shared/loop/reconcile";
import { GraphBuilder } from "../../../shared/onnx/graph";
import { registerUpload } from "../../../shared/uploads/registerUpload";
import { hourlySpec } from "../../support/hourlyLevels";
import { Loop } from "../../support/loop";
import { sklearnGraph, torchGraph } from "../../support/uploadedGraphs";

const usecase = "high-level";
let loop: Loop;
beforeAll(async () => {
  loop = await Loop.start(hourlySpec(usecase));
});
afterAll(() => loop?.stop());

/** Drops a model, and before it what describes it. */
async function upload(model: string, bytes: Uint8Array, description?: object | string) {
  const text = typeof description === "string" ? description : JSON.stringify(description);
  loop.passHours(0.01); // no two rejections at one instant
  if (description !== undefined) await loop.app.blobs.write("models-inbox", `${model}/model.json`, text as string);
  return registerUpload(loop.app, { model, file: "model.onnx", bytes });
}

async function predictions(model: string, rows: object[], version = 1) {
  const operation = `${model}-${version}`;
  const move = { model, alias: "champion" as const, version, operation, actor: "Ann", reason: "a test" };
  await loop.app.registry.moveAlias(move);
  const { status, body } = await loop.score(model, rows);
  expect([status, body]).toEqual([200, body]);
  return JSON.parse(body).predictions;
}

const registered = { status: "registered", version: 1, created: true };
const softmax = (...logits: number[]) => {
  const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
  return logits.map((logit) => Math.exp(logit) / sum);
};
const names = ["low", "middle", "high"];

describe("a model with one output column per class", () => {
  it("is a classifier with the column numbers as classes if nobody names them", async () => {
    expect(await upload("softmax", torchGraph({ behind: "Softmax" }))).toEqual(registered);
    const [first, second] = await predictions("softmax", [
      { input_0: 2, input_1: 0 },
      { input_0: 0, input_1: 2 },
    ]);
    const [p0, p1, p2] = softmax(2, 0, -2);
    expect(first).toEqual({
      label: "0",
      probability: expect.closeTo(p0, 5),
      probabilities: { 0: expect.closeTo(p0, 5), 1: expect.closeTo(p1, 5), 2: expect.closeTo(p2, 5) },
    });
    expect(second.label).toBe("1");
  });

  it("takes the names of classes and features from its description", async () => {
    const description = { classes: names, features: ["width", "height"] };
    expect(await upload("named", torchGraph({ behind: "Softmax" }), description)).toEqual(registered);
    expect((await predictions("named", [{ width: 2, height: 0 }]))[0]).toMatchObject({ label: "low" });
    const version = await loop.app.registry.version("named", 1);
    expect(version.lineage).toMatchObject({
      uploadedSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      changes: ["the likeliest class was put behind the probabilities as the label"],
    });
    expect(version.lineage.uploadedSha256).not.toBe(version.sha256);
  });

  it("is the same version if dropped again, and a new one with another description", async () => {
    const bytes = torchGraph({ behind: "Softmax" });
    expect(await upload("again", bytes, { classes: names })).toMatchObject({ version: 1, created: true });
    expect(await upload("again", bytes, { classes: names })).toMatchObject({ version: 1, created: false });
    expect(await upload("again", bytes, { classes: names.toReversed() })).toMatchObject({ version: 2, created: true });
    expect((await predictions("again", [{ input_0: 2, input_1: 0 }], 2))[0]).toMatchObject({ label: "high" });
  });

  it("may return logits if the description says so", async () => {
    expect(await upload("logits", torchGraph(), { output: "logits", classes: names })).toEqual(registered);
    const [{ label, probabilities }] = await predictions("logits", [{ input_0: 1, input_1: 3 }]);
    const expected = softmax(1, 3, -4);
    expect(label).toBe("middle");
    expect(Object.values(probabilities)).toEqual(expected.map((value) => expect.closeTo(value, 5)));
  });

  it("is refused, with advice, if its numbers are neither probabilities nor declared as logits", async () => {
    expect(await upload("unsaid", torchGraph())).toEqual({
      status: "rejected",
      reason: expect.stringContaining('say so in model.json beside it, as {"output":"logits","classes":[...]}'),
    });
  });

  it.each([
    ["logits" as const, undefined, 1 / (1 + Math.exp(-2))],
    ["probabilities" as const, "Sigmoid" as const, 1 / (1 + Math.exp(-2))],
  ])("may return the score of the second of two classes only: %s", async (output, behind, expected) => {
    const model = `pair-${output}`;
    expect(await upload(model, torchGraph({ columns: 1, behind }), { output, classes: ["no", "yes"] })).toEqual(
      registered,
    );
    expect((await predictions(model, [{ input_0: 2, input_1: 0 }]))[0]).toEqual({
      label: "yes",
      probability: expect.closeTo(expected, 5),
      probabilities: { no: expect.closeTo(1 - expected, 5), yes: expect.closeTo(expected, 5) },
    });
  });

  it.each([
    ["is not JSON", '{"classes":', "is not valid JSON (line 1, column 12)"],
    ["has an unknown field", { labels: names }, "model.json: labels: unknown field"],
    ["names a class twice", { classes: ["a", "a", "b"] }, "classes must differ"],
    ["names too few classes", { classes: ["a", "b"] }, 'output "output" has 3 columns, but there are 2 classes'],
    ["names too many features", { features: ["a", "b", "c"] }, "names 3 features, and the graph takes 2"],
  ])("is refused with the reason if its description %s", async (what, description, reason) => {
    const model = `wrong-${what.replaceAll(/\W/g, "-").toLowerCase()}`;
    const outcome = await upload(model, torchGraph({ behind: "Softmax" }), description);
    expect(outcome).toEqual({ status: "rejected", reason: expect.stringContaining(reason) });
  });

  it("of a use case must say which column is which class", async () => {
    const build = new GraphBuilder("two");
    const level = build.input("level", "float", 1);
    build.input("wind", "string", 1);
    const weights = build.constant(Float32Array.of(1, -1), [1, 2]);
    build.node("Softmax", [build.node("MatMul", [level, weights])], { axis: { int: 1 } }, "scores");
    build.output("scores", "float", 2);
    const bytes = build.toBytes({});
    expect(await upload(usecase, bytes)).toEqual({
      status: "rejected",
      reason: expect.stringContaining('as {"classes":["low","high"]} in the order of the columns'),
    });
    expect(await upload(usecase, bytes, { classes: ["high", "tall"] })).toEqual({
      status: "rejected",
      reason: "the model's classes are not those of the use case, which are low, high",
    });
    expect(await upload(usecase, bytes, { classes: ["high", "low"] })).toEqual(registered);
    expect((await predictions(usecase, [{ level: 9, wind: "west" }]))[0].label).toBe("high");
  });
});

describe("a model with a ZipMap", () => {
  it("loses it, keeps its names, and records the change", async () => {
    expect(await upload("zipped", sklearnGraph(names))).toEqual(registered);
    expect((await predictions("zipped", [{ input_0: 0, input_1: 2 }]))[0]).toMatchObject({
      label: "middle",
      probabilities: { low: expect.any(Number), middle: expect.any(Number), high: expect.any(Number) },
    });
    const { lineage, signature } = await loop.app.registry.version("zipped", 1);
    expect(lineage.changes).toEqual(['a ZipMap was taken off: "probabilities" is the output']);
    expect(signature).toMatchObject({ labelOutput: "output_label", classes: names });
  });

  it("keeps its class names without one, too, if the graph has their order", async () => {
    expect(await upload("unzipped", sklearnGraph(names, false))).toEqual(registered);
    const [p0, p1, p2] = softmax(0, 2, -2).map((value) => expect.closeTo(value, 5));
    expect(await predictions("unzipped", [{ input_0: 0, input_1: 2 }])).toEqual([
      { label: "middle", probability: p1, probabilities: { low: p0, middle: p1, high: p2 } },
    ]);
  });

  it("is shown on its card as a classifier, with what was changed", async () => {
    const facts = await loop.app.registry.version("zipped", 1);
    const card = modelCard({ facts, aliases: [], versions: [1], explanation: "none" });
    expect(card.predicts).toMatchObject({ task: "classification", classes: names });
    const page = modelCardPage(card);
    expect(page).not.toMatch(/Predicts the label: a number/);
    expect(page).toContain("a ZipMap was taken off");
  });
});

describe("a description in the inbox", () => {
  it("is left alone next to its model, and refused without one", async () => {
    await loop.app.blobs.write("models-inbox", "beside/model.onnx", torchGraph({ behind: "Softmax" }));
    await loop.app.blobs.write("models-inbox", "beside/model.json", JSON.stringify({ classes: names }));
    await loop.app.blobs.write("models-inbox", "alone/other.json", "{}");
    loop.passHours(1);
    const lines = await reconcile(loop.app);
    expect(lines.filter((line) => line.includes("beside"))).toEqual(["looked again at beside/model.onnx: accepted"]);
    expect(lines).toContain("looked again at alone/other.json: rejected");
    const { signature } = await loop.app.registry.version("beside", 1);
    expect(signature.classes).toEqual(names);
    const [alert] = await loop.app.alerts.list("alone", 10);
    expect(alert.summary).toContain("it describes a model that is not there: drop other.onnx beside it");
  });
});
