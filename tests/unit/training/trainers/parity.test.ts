import { describe, expect, it } from "vitest";
import type { FeatureTable } from "../../../../shared/data/featureTable";
import { learnerNames, trainerFor } from "../../../../shared/training/trainers/registry";
import { runGraph } from "./runGraph";
import { sampleRows } from "./sampleRows";

/** The label a probability row stands for. */
function labelOf(row: Float64Array, classes: readonly string[], threshold: number, positiveIndex: number): string {
  if (classes.length === 2) return classes[row[positiveIndex] >= threshold ? positiveIndex : 1 - positiveIndex];
  return classes[row.indexOf(Math.max(...row))];
}

/** The same rows with levels that training never saw, under codes of another order. */
function withUnknownLevels(table: FeatureTable): FeatureTable {
  const categories = table.categories.map((column) => ({
    name: column.name,
    levels: ["meteor", ...column.levels, "ash"],
    codes: column.codes.map((code, row) => (row % 9 === 0 ? 0 : row % 11 === 0 ? column.levels.length + 1 : code + 1)),
  }));
  for (const { codes } of categories) for (let row = 1; row < codes.length; row += 7) codes[row] = -1;
  return { ...table, categories };
}

const parametersOf: Record<string, Record<string, unknown>[]> = {
  "random-forest": [
    { trees: 7, maxDepth: 12, minLeafRows: 1 },
    { trees: 30, maxDepth: 4, minLeafRows: 5, featuresPerSplit: 0.9 },
  ],
  "logistic-regression": [{}, { l2: 0, maxIterations: 15 }],
  "svm-rbf": [{}, { c: 30, gamma: 0.7, landmarks: 50, tolerance: 1e-4 }],
};

const shapes = [
  { numbers: 3, categories: 0, classes: 2 },
  { numbers: 0, categories: 2, classes: 2 },
  { numbers: 4, categories: 2, classes: 2 },
  { numbers: 3, categories: 1, classes: 3 },
  { numbers: 1, categories: 0, classes: 5 },
  { numbers: 0, categories: 1, classes: 3 },
];

describe.each([...learnerNames])("the graph of %s", (learner) => {
  const trainer = trainerFor(learner);
  const cases = shapes.flatMap((shape, at) =>
    [0, 0.25].flatMap((missing) =>
      parametersOf[learner].map((parameters, which) => ({ ...shape, missing, parameters, seed: 10 * at + which })),
    ),
  );

  it.each(cases)(
    "gives our probabilities and labels: $numbers numbers, $categories categories, $classes classes, $missing missing, $parameters",
    async ({ parameters, ...shape }) => {
      const { table, target } = sampleRows({ rowCount: 300, steps: 8, ...shape });
      const positiveIndex = shape.seed % 2;
      const decisionThreshold = [0.3, 0.5, 0.7][shape.seed % 3];
      const context = { seed: shape.seed, decisionThreshold, positiveIndex };
      const model = trainer.fit(table, target, trainer.parameters.parse(parameters), context);
      const other = sampleRows({ rowCount: 400, ...shape, missing: 0.2, seed: shape.seed + 1000 }).table;
      const bytes = model.toOnnx();
      for (const rows of [table, withUnknownLevels(other)]) {
        const ours = model.predict(rows);
        const { labels, probabilities } = await runGraph(bytes, rows);
        expect(probabilities.length).toBe(ours.length);
        const error = ours.reduce((most, value, at) => Math.max(most, Math.abs(value - probabilities[at])), 0);
        expect(error).toBeLessThan(1e-7);
        const rowOf = (row: number) => ours.subarray(row * shape.classes, (row + 1) * shape.classes);
        const wanted = labels.map((_, row) => labelOf(rowOf(row), target.classes, decisionThreshold, positiveIndex));
        expect(labels).toEqual(wanted);
      }
    },
  );

  it.each([2, 3])("answers an empty batch with empty outputs (%i classes)", async (classes) => {
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
