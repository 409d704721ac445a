import { describe, expect, it } from "vitest";
import { checkCandidates } from "../../../shared/training/checkCandidates";
import { fruitSpec } from "./fruitSpec";

function check(candidate: object): void {
  checkCandidates(new Map([["fruit", { spec: fruitSpec([candidate]), folder: "models/fruit", hash: "" }]]));
}

describe("the candidates of a use case", () => {
  it("are taken when their learners know every parameter", () => {
    expect(() => check({ learner: "random-forest", grid: { trees: [50] } })).not.toThrow();
  });

  it("are refused with the file and the learner that nobody knows", () => {
    expect(() => check({ learner: "oracle" })).toThrow(
      /^models.fruit.usecase\.json is wrong: .*unknown learner "oracle"/,
    );
  });

  it("are refused with the path of a value out of range", () => {
    expect(() => check({ learner: "random-forest", grid: { trees: [-1] } })).toThrow("candidates.0.grid.trees: ");
  });

  it("are refused with the name of a parameter that the learner has not", () => {
    expect(() => check({ learner: "random-forest", grid: { tree: [50] } })).toThrow(/candidates\.0\.grid.*"tree"/);
  });
});
