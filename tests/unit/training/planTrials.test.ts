import { describe, expect, it } from "vitest";
import { isAppError } from "../../../shared/errors";
import { planTrials } from "../../../shared/training/planTrials";
import { fruitSpec } from "./fruitSpec";

describe("the plan of trials", () => {
  it("takes nested values of a grid whole: each is one value, its learner's defaults filled in", () => {
    const grid = {
      learner: ["extra-trees"],
      parameters: [{ trees: 20 }, { trees: 40, bootstrap: true }],
      method: ["sigmoid", "isotonic"],
    };
    const trials = planTrials(fruitSpec([{ learner: "calibrated", grid }]));
    expect(trials.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(trials.map(({ parameters }) => parameters)).toMatchObject([
      { method: "sigmoid", parameters: { trees: 20, bootstrap: false } },
      { method: "isotonic", parameters: { trees: 20, bootstrap: false } },
      { method: "sigmoid", parameters: { trees: 40, bootstrap: true } },
      { method: "isotonic", parameters: { trees: 40, bootstrap: true } },
    ]);
  });

  it("takes a list of members as one value", () => {
    const members = [{ learner: "random-forest", parameters: { trees: 5 } }, { learner: "logistic-regression" }];
    const [trial, ...others] = planTrials(fruitSpec([{ learner: "soft-voting", grid: { members: [members] } }]));
    expect(others).toEqual([]);
    expect(trial.parameters.members).toMatchObject([
      { learner: "random-forest", parameters: { trees: 5, maxDepth: 12 } },
      { learner: "logistic-regression", parameters: { l2: 1 } },
    ]);
  });

  it("says where a nested value is wrong", () => {
    const grid = { members: [[{ learner: "random-forest", parameters: { trees: "many" } }]] };
    const faultsOf = () => {
      try {
        return planTrials(fruitSpec([{ learner: "random-forest" }, { learner: "soft-voting", grid }]));
      } catch (error) {
        if (isAppError(error, "invalid_input")) return error.details.map(({ path }) => path);
        throw error;
      }
    };
    expect(faultsOf()).toEqual(["candidates.1.grid.members.0.parameters.trees"]);
  });
});
