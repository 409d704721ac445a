import { expect, it } from "vitest";
import { learnFeatures, linearRows } from "../../../../shared/learners/linear/linearFeatures";

it("fills a missing number with the weighted median of the known ones", () => {
  const values = Float32Array.of(1, 2, 60, Number.NaN);
  const table = { rowCount: 4, numbers: [{ name: "x", values }], categories: [] };
  const features = learnFeatures(table, Float64Array.of(1, 3, 1, 9));
  expect(features.numbers[0].fill).toBe(2);
  expect([...linearRows(features, table).numbers]).toEqual([1, 2, 60, 2]);
});
