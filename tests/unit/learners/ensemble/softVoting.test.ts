import { describe, expect, it } from "vitest";
import { trainerFor } from "../../../../shared/learners/registry";
import { runGraph } from "../runGraph";
import { sampleRows, sampleValues } from "../sampleRows";

const voting = trainerFor("soft-voting");
const sample = { seed: 1, rowCount: 300, numbers: 3, categories: 1, missing: 0.1 };
const forest = { learner: "random-forest", parameters: { trees: 5 } };
const logistic = { learner: "logistic-regression", parameters: {} };

function fitAlone(
  { learner, parameters }: typeof forest | typeof logistic,
  rows: ReturnType<typeof sampleRows>,
  seed: number,
) {
  const trainer = trainerFor(learner);
  return trainer.fit(rows.table, rows.target, trainer.parameters.parse(parameters), { seed }).predict(rows.table);
}

describe("soft voting", () => {
  it.each([2, 3])(
    "answers with the weighted mean of its members' probabilities, as its graph does (%i classes)",
    async (classes) => {
      const rows = sampleRows({ ...sample, classes });
      const members = [forest, logistic];
      const parameters = voting.parameters.parse({ members, weights: [3, 1] });
      const model = voting.fit(rows.table, rows.target, parameters, { seed: 9 });
      const [first, second] = members.map((member, index) => fitAlone(member, rows, 9 + index));
      const ours = model.predict(rows.table);
      for (const [at, value] of ours.entries()) expect(value).toBeCloseTo(0.75 * first[at] + 0.25 * second[at], 6);
      const { probabilities } = await runGraph(model.toOnnx(), rows.table);
      expect(ours.every((value, at) => Math.abs(value - probabilities[at]) < 1e-7)).toBe(true);
    },
  );

  it("gives two members of one kind different draws", () => {
    const rows = sampleRows({ ...sample, classes: 2 });
    const twice = voting.fit(rows.table, rows.target, voting.parameters.parse({ members: [forest, forest] }), {
      seed: 1,
    });
    expect(twice.predict(rows.table)).not.toEqual(fitAlone(forest, rows, 1));
  });

  it("takes the weighted mean of numbers", async () => {
    const { table, target } = sampleValues(sample);
    const parameters = voting.parameters.parse({ members: [forest, { learner: "ridge-regression" }] });
    const model = voting.fit(table, target, parameters, { seed: 1 });
    const { values } = await runGraph(model.toOnnx(), table);
    expect(Array.from(values)).toEqual([...model.predict(table)]);
  });

  it("refuses classes for a member that learns numbers", () => {
    const rows = sampleRows({ ...sample, classes: 2 });
    const parameters = voting.parameters.parse({ members: [{ learner: "ridge-regression" }] });
    expect(() => voting.fit(rows.table, rows.target, parameters, { seed: 1 })).toThrow(
      "ridge-regression learns numbers",
    );
  });

  it.each([
    ["members.1.learner", { members: [forest, { learner: "oracle" }] }],
    ["members.0.parameters.l2", { members: [{ ...logistic, parameters: { l2: -1 } }] }],
    ["members", { members: [] }],
    ["weights", { members: [forest, logistic], weights: [1] }],
    ["weights", { members: [forest, logistic], weights: [0, 0] }],
  ])("finds what is wrong at %s", (path, parameters) => {
    const parsed = voting.parameters.safeParse(parameters);
    expect(parsed.error?.issues.map((issue) => issue.path.join("."))).toContain(path);
  });

  it("takes its own parameters again as they were parsed, as a plan of trials keeps them", () => {
    const once = voting.parameters.parse({ members: [forest, logistic] });
    expect(voting.parameters.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });
});
