import { describe, expect, it } from "vitest";
import { isAppError } from "../../../shared/errors";
import { candidateRules } from "../../../shared/training/candidateRules";
import { parseUsecase } from "../../../shared/usecase/parseUsecase";
import { fruitSpec } from "./fruitSpec";

const fruit = fruitSpec([{ learner: "random-forest" }]);

function faultsOf(candidates: object[], change: object = {}): { path: string; message: string }[] {
  try {
    parseUsecase(JSON.stringify({ ...fruit, candidates, ...change }), "fruit/usecase.json", candidateRules);
  } catch (error) {
    if (!isAppError(error, "invalid_input")) throw error;
    return error.details;
  }
  return [];
}
const pathsOf = (candidates: object[], change?: object) => faultsOf(candidates, change).map(({ path }) => path);

describe("the candidates of a use case", () => {
  it("are taken when their learners know every parameter", () => {
    expect(faultsOf([{ learner: "random-forest", grid: { trees: [50] } }])).toEqual([]);
  });

  it("are all checked at once: unknown learners, learners for another task, values and names", () => {
    const faults = faultsOf([
      { learner: "oracle" },
      { learner: "ridge-regression" },
      { learner: "random-forest", grid: { trees: [-1, 50, "many"], tree: [1, 2] } },
      { learner: "calibrated", grid: { learner: ["extra-tree"] } },
    ]);
    expect(faults.map(({ path }) => path)).toEqual([
      "candidates.0.learner",
      "candidates.1.learner",
      "candidates.2.grid.trees",
      "candidates.2.grid.tree",
      "candidates.2.grid.trees",
      "candidates.3.grid.learner",
    ]);
    expect(faults[0].message).toMatch(/^unknown learner "oracle"; known are random-forest, /);
    expect(faults[3].message).toBe("unknown field");
    expect(faults[4].message).toBe("a number is needed");
  });

  it("have faults of their ranges reported without what follows from them, and beside faults elsewhere in the spec", () => {
    const candidates = [{ learner: "random-forest", grid: { trees: { from: 5, to: 1 } } }, { learner: "oracle" }];
    expect(pathsOf(candidates, { seed: -1, search: { kind: "random" } })).toEqual([
      "seed",
      "candidates.0.grid.trees",
      "candidates.1.learner",
    ]);
  });

  it("are refused where their grids make more trials than a run may have, without making them", () => {
    const many = Array.from({ length: 100 }, (_, i) => i + 1);
    const grid = Object.fromEntries(["trees", "maxDepth", "minLeafRows", "a", "b", "c"].map((name) => [name, many]));
    expect(faultsOf([{ learner: "random-forest", grid }])).toEqual([
      { path: "candidates", message: "the grids make 1000000000000 trials; the limit is 500" },
    ]);
  });
});
