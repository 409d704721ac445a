import { afterEach, describe, expect, it } from "vitest";
import { buildModelCard } from "../../../shared/card/buildModelCard";
import { explainRequest } from "../../../shared/explain/explainRequest";
import { seededRandom } from "../../../shared/math/seededRandom";
import { describeRun } from "../../../shared/training/describeRun";
import { Loop } from "../../support/loop";

let loop: Loop;
afterEach(() => loop?.stop());

const forest = { learner: "random-forest", grid: { trees: [50], maxDepth: [8], minLeafRows: [5] } };
const ridge = { learner: "ridge-regression", grid: { l2: [1] } };

const train = async (spec: { name: string; [field: string]: unknown }, csv: string) => {
  loop = await Loop.start(spec);
  const { runId } = (await loop.drop(spec.name, csv)) as { runId: string };
  await loop.drain();
  return describeRun(loop.app, runId);
};
const score = async (name: string, rows: object[]) => JSON.parse((await loop.score(name, rows)).body);

/**
 * House prices of an invented town: a kind of roof with its own price, some sizes unknown, rows that belong to streets.
 */
function houses(rows: number): string {
  const random = seededRandom(5);
  const lines = ["Street,Area_m2,Age,Roof,Price"];
  for (let row = 0; row < rows; row++) {
    const area = 50 + 150 * random();
    const age = Math.floor(80 * random());
    const roof = ["tile", "slate", "thatch"][Math.floor(3 * random())];
    const price =
      1000 * area - 300 * age + { tile: 0, slate: 20_000, thatch: 60_000 }[roof as "tile"] + 20_000 * random();
    const known = random() < 0.1 ? "" : area.toFixed(1);
    lines.push(`S${row % 12},${known},${age},${roof},${price.toFixed(0)}`);
  }
  return lines.join("\n");
}

const houseSpec = {
  name: "house-price",
  title: "Price of a house",
  columns: {
    Street: { type: "category" },
    Area_m2: { type: "number", unit: "m2" },
    Age: { type: "number" },
    Roof: { type: "category" },
    Price: { type: "number", unit: "EUR" },
  },
  label: { column: "Price" },
  features: ["Area_m2", "Age", "Roof"],
  split: { kind: "stratified" },
  candidates: [forest, ridge],
  selection: { metric: "rmse" },
};

describe("a number to estimate", () => {
  it("goes from a dropped file to a champion that answers numbers, missing values and categories included", async () => {
    const run = await train(houseSpec, houses(900));
    expect(run).toMatchObject({ status: "succeeded", promoted: true });
    const { metrics, baselines, differences, signature, gate } = await loop.app.registry.version("house-price", 1);
    expect(metrics?.rows).toBeGreaterThan(215);
    expect(metrics?.rows).toBeLessThan(236);
    expect(Number(metrics?.r2)).toBeGreaterThan(0.7);
    expect(Number(metrics?.rmse)).toBeLessThan(Number(baselines?.mean.rmse) / 1.5);
    expect(differences?.[0]).toMatchObject({ against: "mean", high: expect.any(Number) });
    expect(differences?.[0].high).toBeLessThan(0);
    expect(gate.reasons[0]).toMatch(/beats the mean baseline: RMSE/);
    expect(signature).toMatchObject({ valueOutput: "value" });
    expect(signature.classes).toBeUndefined();
    const { predictions } = await score("house-price", [
      { Area_m2: 180, Age: 5, Roof: "thatch" },
      { Area_m2: 60, Age: 75, Roof: "tile" },
      { Area_m2: null, Age: 40, Roof: "straw" },
    ]);
    const [large, small, unknown] = predictions.map(({ value }: { value: number }) => value);
    expect(large).toBeGreaterThan(180_000);
    expect(small).toBeLessThan(110_000);
    expect(unknown).toBeGreaterThan(small);
    expect(unknown).toBeLessThan(large);
  });

  it("is explained: what the estimate of a row is made of, and what the model goes by on the whole", async () => {
    await train({ ...houseSpec, candidates: [forest] }, houses(900));
    const row = { Area_m2: 180, Age: 5, Roof: "thatch" };
    const [{ value }] = (await score("house-price", [row])).predictions;
    const request = { model: "house-price", body: JSON.stringify({ rows: [row] }), requestId: "a-request" };
    // biome-ignore lint/suspicious/noExplicitAny: the answer as a caller sees it
    const { explanations } = (await explainRequest(loop.app, request)) as any;
    const { baseValue, contributions } = explanations[0];
    const sum = contributions.reduce(
      (total: number, one: { contribution: number }) => total + one.contribution,
      baseValue,
    );
    expect(sum / value).toBeCloseTo(1, 6);
    expect(contributions[0].feature).toBe("Area_m2");
    const whole = await loop.app.explanations.of("house-price", "1");
    expect(whole).toMatchObject({ kind: "value", answers: ["value"], importance: { metric: "rmse" } });
    expect(whole.importance?.features[0].feature).toBe("Area_m2");
  });

  it("keeps the rows of a group together, and leaves each group out once", async () => {
    const run = await train(
      { ...houseSpec, split: { kind: "group", column: "Street", holdoutFraction: 0.25 } },
      houses(600),
    );
    expect(run).toMatchObject({ status: "succeeded" });
    expect(run.results[0].foldScores).toHaveLength(9);
    const version = await loop.app.registry.version("house-price", 1);
    expect(version.metrics).toMatchObject({ rows: 150 });
    expect(version.resampling).toEqual({ unit: "group", blocks: 3 });
    const { limits } = await buildModelCard(loop.app, "house-price", "1");
    expect(limits.join()).toContain("rest on only 3 blocks (groups)");
  });

  it("is forecast over time beside its mean and its calibrated persistence", async () => {
    const lines = ["At,Level"];
    const random = seededRandom(3);
    for (let hour = 0, level = 0; hour < 1500; hour++) {
      level = 0.9 * level + random() - 0.5;
      lines.push(`${new Date(Date.UTC(2024, 0, 1) + hour * 3_600_000).toISOString()},${level.toFixed(4)}`);
    }
    const spec = {
      name: "level",
      title: "Water level in three hours",
      columns: { At: { type: "timestamp" }, Level: { type: "number" } },
      time: "At",
      label: { column: "Level" },
      horizonHours: 3,
      features: ["Level"],
      split: { kind: "time", holdoutFrom: "2024-02-15T00:00:00Z" },
      candidates: [ridge],
      baselines: ["mean", "persistence"],
      selection: { metric: "mae" },
    };
    const run = await train(spec, lines.join("\n"));
    expect(run).toMatchObject({ status: "succeeded", version: 1 });
    const { metrics, baselines } = await loop.app.registry.version("level", 1);
    // a line on the current value is all that ridge can say here, so it ties with persistence
    expect(Number(metrics?.mae)).toBeCloseTo(Number(baselines?.persistence.mae), 3);
    expect(Number(baselines?.persistence.mae)).toBeLessThan(Number(baselines?.mean.mae));
  });
});
