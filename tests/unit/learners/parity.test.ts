import { describe, expect, it } from "vitest";
import type { FeatureTable } from "../../../shared/featureTable";
import { learnerNames, trainerFor } from "../../../shared/learners/registry";
import { canLearn, parityCase } from "../../../tools/bench/parityCase";
import { runGraph } from "./runGraph";
import { sampleRows } from "./sampleRows";

const shapes = (["binary", "three classes", "regression"] as const).flatMap((task) =>
  [false, true].flatMap((missing) => [false, true].map((categories) => ({ task, missing, categories }))),
);

describe.each([...learnerNames])("the graph of %s", (learner) => {
  it.each(shapes.filter((shape) => canLearn(learner, shape)))(
    "gives our predictions and labels: $task, missing values $missing, categories $categories",
    async (shape) => {
      for (const seed of [1, 2, 3, 4]) {
        const { maxProbabilityError, maxValueError, wrongLabels } = await parityCase(learner, shape, seed);
        expect(maxProbabilityError).toBeLessThanOrEqual(1e-6);
        expect(maxValueError).toBeLessThanOrEqual(1e-6);
        expect(wrongLabels).toBe(0);
      }
    },
  );

  it.each([2, 3])("answers an empty batch with empty outputs (%i classes)", async (classes) => {
    const trainer = trainerFor(learner);
    if (!trainer.tasks.includes("classification")) return;
    const { table, target } = sampleRows({ seed: 1, rowCount: 100, numbers: 2, categories: 2, classes, missing: 0.1 });
    const bytes = trainer.fit(table, target, trainer.parameters.parse({}), { seed: 1 }).toOnnx();
    const empty: FeatureTable = {
      rowCount: 0,
      numbers: table.numbers.map(({ name }) => ({ name, values: new Float32Array(0) })),
      categories: table.categories.map((column) => ({ ...column, codes: new Int32Array(0) })),
    };
    const { labels, probabilities } = await runGraph(bytes, empty);
    expect(labels).toHaveLength(0);
    expect(probabilities).toHaveLength(0);
  });
});
