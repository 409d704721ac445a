import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explainRequest } from "../../../shared/explain/explainRequest";
import { learnerNames, trainerFor } from "../../../shared/learners/registry";
import { type Storage, startStorage } from "../../support/storage";
import { explainingOn } from "./explaining";

let storage: Storage;
let explaining: ReturnType<typeof explainingOn>;
beforeAll(async () => {
  storage = await startStorage();
  explaining = explainingOn(storage);
});
afterAll(() => storage?.stop());

const cases = learnerNames.flatMap((learner) => trainerFor(learner).tasks.map((task) => ({ learner, task })));
/** learners whose graph is not one ensemble of trees with the answer at its end */
const asked = ["logistic-regression", "ridge-regression", "calibrated", "soft-voting"];

const treeLearners = ["random-forest", "extra-trees", "gradient-boosting"];

describe("a version of every learner", () => {
  it.each(cases)(
    "is explained, and the contributions add up to the whole: $learner, $task",
    async ({ learner, task }) => {
      const isRegression = task === "regression";
      const model = `${learner}-${task}`;
      const made = await explaining.register({
        model,
        learner,
        isRegression,
        numbers: 3,
        categories: 1,
        withSample: true,
      });
      const body = JSON.stringify({ data: [made.cells[3]] });
      // biome-ignore lint/suspicious/noExplicitAny: a test looks at a few fields of an answer
      const answer: any = await explainRequest(explaining.ports, { model, body, requestId: "r" });
      const [{ prediction, explainedValue }] = answer.explanations;
      if (asked.includes(learner))
        expect(answer).toMatchObject({ method: "exact-shapley", fallback: expect.any(String) });
      if (treeLearners.includes(learner)) expect(answer.method).toBe("tree-shap");
      const { value } = answer.explains;
      const positive = isRegression ? prediction.value : prediction.probabilities["class 1"];
      const expected = value === "raw score" ? Math.log(positive / (1 - positive)) : positive;
      expect(Math.abs(explainedValue - expected)).toBeLessThan(1e-4 * Math.max(1, Math.abs(expected)));
    },
  );

  it.each(treeLearners)("is explained by its trees, each row's likeliest of three classes: %s", async (learner) => {
    const made = await explaining.register({ model: `${learner}-three`, learner, classes: 3, withSample: true });
    const request = {
      model: `${learner}-three`,
      body: JSON.stringify({ data: made.cells.slice(0, 5) }),
      requestId: "r",
    };
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const answer: any = await explainRequest(explaining.ports, request);
    expect(answer.method).toBe("tree-shap");
    for (const one of answer.explanations) {
      expect(one.class).toBe(one.prediction.label);
      if (answer.explains.value === "probability")
        expect(one.explainedValue).toBeCloseTo(one.prediction.probability, 5);
    }
  });

  it("is explained on the scale of the trees' score on request, though it is calibrated", async () => {
    const made = await explaining.register({
      model: "steps",
      learner: "calibrated",
      parameters: { method: "sigmoid" },
      numbers: 3,
      categories: 1,
      withSample: true,
    });
    const request = {
      model: "steps",
      body: JSON.stringify({ data: [made.cells[3]], method: "tree-shap" }),
      requestId: "r",
    };
    expect(await explainRequest(explaining.ports, request)).toMatchObject({
      method: "tree-shap",
      explains: { value: "raw score", note: expect.stringContaining("calibration") },
    });
  });
});
