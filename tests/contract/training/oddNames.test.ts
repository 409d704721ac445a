import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildModelCard } from "../../../shared/card/buildModelCard";
import { modelCardPage } from "../../../shared/card/modelCardPage";
import { explainRequest } from "../../../shared/explain/explainRequest";
import { runMonitors } from "../../../shared/loop/runMonitors";
import { seededRandom } from "../../../shared/math/seededRandom";
import { Loop } from "../../support/loop";

const spec = {
  name: "odd-names",
  title: "Names that every object has",
  columns: {
    toString: { type: "number", min: 0, max: 100 },
    valueOf: { type: "number" },
    constructor: { type: "category" },
    hasOwnProperty: { type: "category", values: ["isPrototypeOf", "__proto__", "toLocaleString"] },
    prototype: { type: "category", values: ["constructor", "toString", "valueOf"] },
    __defineGetter__: { type: "timestamp" },
    __lookupGetter__: { type: "category" },
  },
  time: "__defineGetter__",
  entity: "__lookupGetter__",
  label: {
    column: "prototype",
    mapping: { constructor: "toString", toString: "toString", valueOf: "constructor" },
    positive: "constructor",
  },
  derived: { propertyIsEnumerable: { kind: "lag", column: "toString", hours: 1 } },
  features: ["toString", "valueOf", "constructor", "hasOwnProperty", "propertyIsEnumerable"],
  split: { kind: "stratified" },
  candidates: [{ learner: "random-forest", grid: { trees: [20], minLeafRows: [5] } }],
  classWeights: { constructor: 1 },
  selection: { metric: "brier" },
  evaluation: {
    slices: ["constructor", "hasOwnProperty", "toString"],
    minSliceRows: 5,
    costs: {
      unit: "EUR",
      matrix: { toString: { toString: 0, constructor: 1 }, constructor: { toString: 2, constructor: 0 } },
    },
  },
  checks: {
    invariance: [{ feature: "constructor", values: ["__proto__", "toString"], maxChange: 1 }],
    directional: [{ feature: "toString", by: 1, expect: "up", share: 0.01 }],
    minimumFunctionality: [{ name: "constructor", row: { valueOf: 1 }, atLeast: 0 }],
  },
  monitors: { drift: { minRows: 10 } },
};

const random = seededRandom(9);
const names = Object.keys(spec.columns);
const lines = Array.from({ length: 300 }, (_, i) => {
  const size = random();
  const level = ["__proto__", "constructor", "toString", "plain"][Math.floor(4 * random())];
  const owns = ["isPrototypeOf", "__proto__"][Math.floor(2 * random())];
  const raw = random() < size ? "valueOf" : ["constructor", "toString"][i % 2];
  const at = new Date(Date.UTC(2024, 0, 1) + i * 3_600_000).toISOString();
  return [Math.round(1000 * size) / 10, (size + random()).toFixed(3), level, owns, raw, at, "__proto__"].join(",");
});

let loop: Loop;
beforeAll(async () => {
  loop = await Loop.start(spec);
  expect(await loop.drop("odd-names", [names.join(","), ...lines].join("\n"))).toMatchObject({ status: "accepted" });
  await loop.drain();
  const [run] = await loop.app.runs.list("odd-names");
  expect(run).toMatchObject({ status: "succeeded" });
});
afterAll(() => loop?.stop());

describe("names that every object has, in the whole loop", () => {
  const row = {
    toString: 50,
    valueOf: 1,
    constructor: "__proto__",
    hasOwnProperty: "__proto__",
    propertyIsEnumerable: null,
  };

  it("score, and a row is told which of them are missing", async () => {
    const { status, body } = await loop.score("odd-names", [row, { ...row, constructor: "plain" }]);
    expect(status).toBe(200);
    const { predictions, warnings } = JSON.parse(body);
    expect(warnings).toBeUndefined();
    expect(Object.keys(predictions[0].probabilities)).toEqual(["toString", "constructor"]);
    const lacking = await loop.score("odd-names", [JSON.parse('{"__proto__": 5, "toString": 4}')]);
    expect(lacking.status).toBe(400);
    expect(JSON.parse(lacking.body).details.map(({ path }: { path: string }) => path)).toEqual([
      "rows[0].valueOf",
      "rows[0].constructor",
      "rows[0].hasOwnProperty",
      "rows[0].propertyIsEnumerable",
    ]);
    const more = await loop.score("odd-names", [JSON.parse(`{"__proto__": 5, ${JSON.stringify(row).slice(1)}`)]);
    expect(JSON.parse(more.body)).toMatchObject({
      predictions: [predictions[0]],
      warnings: [{ path: "rows[0].__proto__", code: "unknown_field" }],
    });
  });

  it("explain a prediction by all five features, and the version", async () => {
    const body = JSON.stringify({ rows: [row] });
    // biome-ignore lint/suspicious/noExplicitAny: a test looks at a few fields of an answer
    const answer: any = await explainRequest(loop.app, { model: "odd-names", body, requestId: "r" });
    expect(answer.method).toBe("tree-shap");
    const [{ contributions, explainedValue, prediction }] = answer.explanations;
    expect(Object.fromEntries(contributions.map(({ feature, value }: Contribution) => [feature, value]))).toEqual(row);
    expect(explainedValue).toBeCloseTo(prediction.probabilities.constructor, 6);
    const { importance, dependence } = await loop.app.explanations.of("odd-names", "1");
    expect(importance?.features.map(({ feature }) => feature).sort()).toEqual([...spec.features].sort());
    expect(dependence.find(({ feature }) => feature === "constructor")).toMatchObject({
      type: "category",
      grid: expect.arrayContaining(["__proto__", "constructor", "toString", "plain"]),
    });
  });

  it("stand in the version, its card and the dataset's profile", async () => {
    const { facts } = await buildModelCard(loop.app, "odd-names", "1");
    const { byClass } = facts.metrics as { byClass: Record<string, { support: number }> };
    expect(Object.keys(byClass)).toEqual(["toString", "constructor"]);
    expect(facts.saving).toBeDefined();
    expect(facts.slices?.map(({ column, slice }) => `${column} ${slice}`)).toEqual(
      expect.arrayContaining(["constructor __proto__", "hasOwnProperty __proto__"]),
    );
    expect(facts.checks?.filter(({ status }) => status === "failed")).toEqual([]);
    const page = modelCardPage(await buildModelCard(loop.app, "odd-names", "1"));
    expect(page).not.toContain("[native code]");
  });

  it("are watched for drift", async () => {
    for (let i = 0; i < 5; i++) await loop.score("odd-names", new Array(10).fill(row));
    await loop.app.capture?.flush();
    await runMonitors(loop.app);
    const [version] = await loop.app.monitors.list("odd-names", { limit: 1, signal: "input-drift" });
    expect(JSON.stringify(version)).toContain("hasOwnProperty");
  });
});

interface Contribution {
  feature: string;
  value: unknown;
}
