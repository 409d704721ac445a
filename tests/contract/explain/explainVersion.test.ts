import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { explainPage } from "../../../shared/explain/explainPage";
import { VersionExplanations } from "../../../shared/explain/explainVersion";
import type { GlobalExplanation, SurrogateJson } from "../../../shared/explain/globalExplanation";
import { type Storage, startStorage } from "../../support/storage";
import { explainingOn } from "./explaining";

let storage: Storage;
let explaining: ReturnType<typeof explainingOn>;
let explanations: VersionExplanations;
let forest: GlobalExplanation;
beforeAll(async () => {
  storage = await startStorage();
  explaining = explainingOn(storage);
  explanations = new VersionExplanations(explaining.ports);
  const parameters = { trees: 20, maxDepth: 5 };
  await explaining.register({ model: "forest", learner: "random-forest", parameters, withSample: true });
  forest = await explanations.of("forest", "champion");
});
afterAll(() => storage?.stop());

const names = ["n0", "n1", "n2", "n3", "c0", "c1"];

/** The name of the only blob whose name begins with `prefix`. */
async function onlyName(container: string, prefix: string): Promise<string> {
  const names: string[] = [];
  for await (const { name } of storage.blobs.list(container, prefix)) names.push(name);
  expect(names).toHaveLength(1);
  return names[0];
}

describe("explaining a model version", () => {
  it("ranks features by what shuffling them costs, beside the unshuffled metric", () => {
    const { importance } = forest;
    expect(importance).toMatchObject({ metric: "logLoss", rows: 300, repeats: 5 });
    expect(importance?.value).toBeGreaterThan(0);
    expect(importance?.features.map(({ feature }) => feature).sort()).toEqual([...names].sort());
    expect(importance?.features[0].importance).toBeGreaterThan(0.01);
  });

  it("averages absolute Shapley values over the background, for the positive class only", () => {
    const { shapley, answers, kind } = forest;
    expect(kind).toBe("probability");
    expect(answers).toEqual(["class 1"]);
    expect(shapley).toMatchObject({ method: "tree-shap", rows: 40, explains: { value: "probability" } });
    const sizes = shapley.answers[0].features.map(({ meanAbsolute }) => meanAbsolute);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(sizes[0]).toBeGreaterThan(0.01);
    expect(shapley.answers[0].baseValue).toBeGreaterThan(0.1);
  });

  it("follows each feature over its observed values, categories by their names", () => {
    expect(forest.dependence.map(({ feature }) => feature)).toEqual(names);
    const [number] = forest.dependence;
    expect(number.grid).toEqual([...(number.grid as number[])].sort((a, b) => a - b));
    expect(number.answers[0].mean).toHaveLength(number.grid.length);
    expect(number.answers[0].some).toHaveLength(25);
    expect(Math.max(...number.answers[0].mean)).toBeLessThanOrEqual(1);
    const category = forest.dependence[4];
    expect(category.grid).toEqual(expect.arrayContaining(["rain", "fog é", null]));
  });

  it("fits a small tree, and says on other rows how well it represents the model", () => {
    const { fidelity, rules, tree, fittedRows } = forest.surrogate;
    expect([fidelity.rows, fittedRows]).toEqual([150, 150]);
    expect(fidelity.labelAgreement).toBeGreaterThan(0.6);
    expect(fidelity.labelAgreement).toBeLessThanOrEqual(1);
    expect(fidelity.answers).toEqual([{ answer: "class 1", r2: expect.any(Number) }]);
    expect(fidelity.answers[0].r2).toBeGreaterThan(0.2);
    const depth = ({ split }: SurrogateJson): number =>
      split ? 1 + Math.max(depth(split.left), depth(split.right)) : 0;
    expect(depth(tree)).toBeGreaterThan(1);
    expect(depth(tree)).toBeLessThanOrEqual(4);
    expect(rules[0]).toMatch(/^\(?[nc]\d (<=|is|is one of) .*: class 1 0\.\d+ \(\d+ rows\)$/);
  });

  it("is made once and kept: another instance reads what the first wrote", async () => {
    const idle = { ...explaining.ports, loader: undefined as never };
    expect(await new VersionExplanations(idle).of("forest", "1")).toEqual(JSON.parse(JSON.stringify(forest)));
  });

  it("is made again where what was kept cannot be read, but not where a newer release wrote it", async () => {
    const name = await onlyName("explanations", "forest/1-");
    const whole = Buffer.from((await storage.blobs.read("explanations", name)) ?? expect.unreachable());
    await storage.blobs.write("explanations", name, whole.subarray(0, 100));
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    expect(await explanations.of("forest", "1")).toEqual(forest);
    expect(warned.mock.calls).toEqual([
      [expect.stringMatching(/explanations\/forest.* cannot be read: .*made again$/)],
    ]);
    warned.mockRestore();
    expect(Buffer.from((await storage.blobs.read("explanations", name))!).equals(whole)).toBe(true);
    await storage.blobs.write("explanations", name, '{"form":99}');
    await expect(explanations.of("forest", "1")).rejects.toMatchObject({ code: "unavailable" });
    await storage.blobs.write("explanations", name, whole);
  });

  it("explains every class if there are several, and models without trees by running them", async () => {
    await explaining.register({ model: "many", learner: "logistic-regression", classes: 3, withSample: true });
    const found = await explanations.of("many", "1");
    expect(found.answers).toEqual(["class 0", "class 1", "class 2"]);
    expect(found.shapley).toMatchObject({
      method: "exact-shapley",
      fallback: expect.stringContaining("tree ensembles"),
    });
    expect(found.shapley.answers.map(({ answer }) => answer)).toEqual(found.answers);
    expect(found.dependence[0].answers).toHaveLength(3);
    expect(found.surrogate.fidelity.answers).toHaveLength(3);
  });

  it("explains a model with very many trees by fewer walks instead of refusing", async () => {
    const parameters = { rounds: 600, maxLeaves: 3 };
    await explaining.register({
      model: "long",
      learner: "gradient-boosting",
      parameters,
      classes: 3,
      withSample: true,
    });
    const { shapley } = await explanations.of("long", "1");
    expect(shapley).toMatchObject({ method: "tree-shap", rows: 37 }); // 2,000,000 walks / 1,800 trees / 30 background rows
    expect(shapley.answers).toHaveLength(3);
  });

  it("measures a regression by its own metric, in the label's unit", async () => {
    const parameters = { trees: 20 };
    await explaining.register({
      model: "numbers",
      learner: "random-forest",
      parameters,
      isRegression: true,
      withSample: true,
    });
    const found = await explanations.of("numbers", "1");
    expect(found).toMatchObject({ kind: "value", answers: ["value"], importance: { metric: "rmse" } });
    expect(found.importance?.value).toBeLessThan(5);
    expect(found.importance?.features[0].importance).toBeGreaterThan(0.3);
    expect(found.surrogate.fidelity).toEqual({ rows: 150, answers: [{ answer: "value", r2: expect.any(Number) }] });
    expect(explainPage(found)).toContain("Permutation importance (RMSE)");
  });

  it("says what is missing for a version without rows to explain it with", async () => {
    await explaining.register({ model: "bare", learner: "random-forest", parameters: { trees: 5 } });
    await expect(explanations.of("bare", "1")).rejects.toMatchObject({ code: "rejected" });
    await expect(explanations.of("nothing", "1")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("the page of an explanation", () => {
  it("shows every part as charts and text, loads nothing and runs nothing", () => {
    const page = explainPage(forest);
    expect(page).not.toContain("not shown better");
    expect(explainPage({ ...forest, notShownBetter: ["mean"] })).toContain("not shown better than the mean baseline");
    expect(page.match(/<svg /g)).toHaveLength(2 + names.length);
    const loading = /<script|<link[^>]*|src=|url\(|https?:\/\/(?!www\.w3\.org\/2000\/svg)/g;
    expect(page.match(loading)).toEqual(['<link rel="icon" href="data:,"']); // the empty icon
    expect(page).toContain("Permutation importance (Log loss)");
    expect(page).toContain(
      forest.surrogate.rules[0].replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
    );
    const ids = [...page.matchAll(/ id="(\w+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("never turns a name into markup", () => {
    const [first, ...rest] = forest.dependence;
    const page = explainPage({ ...forest, model: "<img>", dependence: [{ ...first, feature: "<script>" }, ...rest] });
    expect(page).not.toMatch(/<img>|<script>/);
  });
});
