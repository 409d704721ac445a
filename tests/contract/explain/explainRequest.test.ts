import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explainRequest } from "../../../shared/explain/explainRequest";
import { type Storage, startStorage } from "../../support/storage";
import { explainingOn } from "./explaining";

let storage: Storage;
let explaining: ReturnType<typeof explainingOn>;
let forest: Awaited<ReturnType<typeof explaining.register>>;
beforeAll(async () => {
  storage = await startStorage();
  explaining = explainingOn(storage);
  const parameters = { trees: 20, maxDepth: 5 };
  forest = await explaining.register({ model: "forest", learner: "random-forest", parameters, withSample: true });
});
afterAll(() => storage?.stop());

// biome-ignore lint/suspicious/noExplicitAny: a test looks at a few fields of an answer
const explain = (body: object, model?: string): Promise<any> =>
  explainRequest(explaining.ports, { model, body: JSON.stringify(body), requestId: "request-1" });

interface Shown {
  feature: string;
  value: unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: as above
const byFeature = ({ contributions }: any): Record<string, number> =>
  Object.fromEntries(
    contributions.map((one: { feature: string; contribution: number }) => [one.feature, one.contribution]),
  );

const named = (cells: unknown[]) => Object.fromEntries(cells.map((cell, at) => [forest.names[at], cell]));

describe("explaining predictions", () => {
  it("answers with the prediction, the base value and each feature's contribution, the largest first", async () => {
    const answer = await explain({ data: forest.cells.slice(200, 203) });
    expect(answer).toMatchObject({
      model: "forest",
      version: 1,
      requestId: "request-1",
      method: "tree-shap",
      explains: { value: "probability" },
      background: { rows: 40, source: "training rows of version 1" },
    });
    expect(answer.fallback).toBeUndefined();
    expect(answer.explanations).toHaveLength(3);
    for (const [i, one] of answer.explanations.entries()) {
      expect(one.class).toBe("class 1");
      expect(one.explainedValue).toBeCloseTo(one.prediction.probabilities["class 1"], 6);
      const sizes = one.contributions.map(({ contribution }: { contribution: number }) => Math.abs(contribution));
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
      expect(sizes.reduce((sum: number, size: number) => sum + size, 0)).toBeGreaterThan(0.01);
      const sum = Object.values(byFeature(one)).reduce((total, part) => total + part, one.baseValue);
      expect(sum).toBeCloseTo(one.explainedValue, 9);
      const shownFor = new Map(one.contributions.map(({ feature, value }: Shown) => [feature, value]));
      for (const [at, name] of forest.names.entries()) {
        const sent = forest.cells[200 + i][at];
        const shown = shownFor.get(name);
        expect(typeof shown === "number" ? Math.fround(shown) : shown).toBe(sent);
      }
    }
  });

  it("gives the same values from the trees and from the model, and close ones by sampling, with their error", async () => {
    const data = [forest.cells[210]];
    const trees = byFeature((await explain({ data })).explanations[0]);
    const exact = await explain({ data, method: "exact-shapley" });
    const sampled = await explain({ data, method: "sampled-shapley", seed: 4 });
    expect([exact.method, sampled.method]).toEqual(["exact-shapley", "sampled-shapley"]);
    for (const [name, value] of Object.entries(byFeature(exact.explanations[0])))
      expect(trees[name]).toBeCloseTo(value, 6);
    for (const { feature, contribution, standardError } of sampled.explanations[0].contributions) {
      expect(standardError).toBeLessThan(0.02);
      expect(Math.abs(contribution - trees[feature])).toBeLessThan(6 * standardError + 1e-6);
    }
    expect(exact.explanations[0].contributions[0].standardError).toBeUndefined();
  });

  it("explains cells that count as missing as missing, exactly and by trees, and warns about them", async () => {
    await explaining.register({
      model: "guarded",
      learner: "random-forest",
      parameters: { trees: 20, maxDepth: 5 },
      withSample: true,
      isGuarded: true,
    });
    const row = forest.cells[210];
    const odd = { ...named(row), n0: 7, n1: 4, c0: "hail" };
    const missing = { ...named(row), n0: null, n1: null, c0: null };
    for (const method of [undefined, "exact-shapley"]) {
      const answer = await explain({ rows: [odd], method }, "guarded");
      const expected = await explain({ rows: [missing], method }, "guarded");
      expect(answer.method).toBe(method ?? "tree-shap");
      expect(answer.explanations).toEqual(expected.explanations);
      expect(answer.warnings).toEqual([
        { path: "rows[0].n0", code: "out_of_range", message: expect.stringContaining("above the maximum, 1.5") },
        { path: "rows[0].n1", code: "sentinel", message: expect.any(String) },
        { path: "rows[0].c0", code: "unknown_category", message: expect.any(String) },
      ]);
      expect(expected.warnings).toBeUndefined();
    }
    const trees = byFeature((await explain({ rows: [odd] }, "guarded")).explanations[0]);
    const exact = byFeature((await explain({ rows: [odd], method: "exact-shapley" }, "guarded")).explanations[0]);
    for (const [name, value] of Object.entries(exact)) expect(trees[name]).toBeCloseTo(value, 6);
  });

  it("explains the requested class; two classes mirror each other", async () => {
    const data = [forest.cells[220]];
    const wet = (await explain({ data })).explanations[0];
    const dry = (await explain({ data, class: "class 0" })).explanations[0];
    expect(dry.class).toBe("class 0");
    for (const [name, value] of Object.entries(byFeature(wet))) expect(byFeature(dry)[name]).toBeCloseTo(-value, 9);
    expect(dry.baseValue).toBeCloseTo(1 - wet.baseValue, 9);
  });

  it("explains each row's likeliest class if there are more than two", async () => {
    const many = await explaining.register({
      model: "many",
      learner: "random-forest",
      parameters: { trees: 10 },
      classes: 3,
      withSample: true,
    });
    const answer = await explain({ data: many.cells.slice(100, 130) }, "many");
    const explained = new Set<string>();
    for (const one of answer.explanations) {
      expect(one.class).toBe(one.prediction.label);
      expect(one.explainedValue).toBeCloseTo(one.prediction.probability, 6);
      explained.add(one.class);
    }
    expect(explained.size).toBeGreaterThan(1);
  });

  it("explains a predicted number in the label's unit", async () => {
    const parameters = { trees: 20 };
    const numbers = await explaining.register({
      model: "numbers",
      learner: "random-forest",
      parameters,
      isRegression: true,
      withSample: true,
    });
    const data = [numbers.cells[7]];
    const answer = await explain({ data }, "numbers");
    expect(answer).toMatchObject({ method: "tree-shap", explains: { value: "value", note: "the predicted value" } });
    const [{ prediction, explainedValue, contributions, ...rest }] = answer.explanations;
    expect(explainedValue).toBeCloseTo(prediction.value, 4);
    expect(Math.abs(contributions[0].contribution)).toBeGreaterThan(0.5);
    expect(rest.class).toBeUndefined();
    const exact = byFeature((await explain({ data, method: "exact-shapley" }, "numbers")).explanations[0]);
    for (const { feature, contribution } of contributions) expect(exact[feature]).toBeCloseTo(contribution, 4);
    await expect(explain({ data, class: "wet" }, "numbers")).rejects.toThrow("the model predicts a value");
  });

  it("says that it uses the model itself if there are no trees, and why", async () => {
    const linear = await explaining.register({ model: "linear", learner: "logistic-regression", withSample: true });
    const answer = await explain({ data: [linear.cells[9]] }, "linear");
    expect(answer).toMatchObject({ method: "exact-shapley", fallback: expect.stringContaining("0 tree ensembles") });
    await expect(explain({ data: [linear.cells[9]], method: "tree-shap" }, "linear")).rejects.toMatchObject({
      code: "rejected",
    });
    const wide = await explaining.register({
      model: "wide",
      learner: "logistic-regression",
      numbers: 12,
      categories: 0,
      withSample: true,
    });
    expect(await explain({ data: [wide.cells[9]] }, "wide")).toMatchObject({ method: "sampled-shapley" });
    await expect(explain({ data: [wide.cells[9]], method: "exact-shapley" }, "wide")).rejects.toThrow(
      "at most 10 features",
    );
  });

  it("takes the background from the request, and says what is missing if there is none", async () => {
    const bare = await explaining.register({ model: "bare", learner: "random-forest", parameters: { trees: 5 } });
    await expect(explain({ data: [bare.cells[0]] }, "bare")).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringMatching(/version 1 of bare has no background rows.*"background": \{"rows"/),
    });
    const sent = await explain({ data: [bare.cells[0]], background: { data: bare.cells.slice(50, 60) } }, "bare");
    expect(sent.background).toEqual({ rows: 10, source: "rows sent with the request" });
  });

  it("takes the background of another version of the model with the same features", async () => {
    const parameters = { trees: 5 };
    await explaining.register({ model: "two", learner: "random-forest", parameters, withSample: true });
    const second = await explaining.register({ model: "two", learner: "random-forest", parameters, seed: 4 });
    expect(await explain({ data: [second.cells[0]] }, "two")).toMatchObject({
      background: { source: "training rows of version 1" },
    });
    // a third takes a feature more, of which no version kept any value
    const third = await explaining.register({
      model: "two",
      learner: "random-forest",
      parameters,
      seed: 5,
      numbers: 5,
    });
    const pinned = { model: "two", pin: "3", body: JSON.stringify({ data: [third.cells[0]] }), requestId: "r" };
    await expect(explainRequest(explaining.ports, pinned)).rejects.toThrow("version 3 of two has no background rows");
  });

  it("refuses wrong fields by name, and requests that are too large with what would fit", async () => {
    const [row] = forest.cells;
    await expect(explain({ data: [row.slice(1)] })).rejects.toMatchObject({ details: [{ path: "data[0]" }] });
    await expect(explain({ data: [row], class: "class 9" })).rejects.toThrow("the classes are class 0, class 1");
    await expect(explain({ data: [row], method: "guess" })).rejects.toMatchObject({ details: [{ path: "method" }] });
    await expect(explain({ data: Array(101).fill(row) })).rejects.toMatchObject({ code: "too_large" });
    const background = { data: Array(500).fill(row) };
    await expect(explain({ data: Array(100).fill(row), method: "exact-shapley", background })).rejects.toThrow(
      /means 3100100 rows for the model to score; one request may take 1000000: send at most 32 rows/,
    );
    await expect(explain({ data: [row], background: { data: [] } })).rejects.toMatchObject({
      details: [{ path: "background" }],
    });
    const text = explainRequest(explaining.ports, { body: "{", requestId: "r" });
    await expect(text).rejects.toThrow("the body is not valid JSON");
  });
});
