import { describe, expect, it } from "vitest";
import type { NumberRows } from "../../../shared/explain/model/numberRows";
import { levelGrid, partialDependence, quantileGrid } from "../../../shared/explain/partialDependence";
import { permutationImportance } from "../../../shared/explain/permutationImportance";
import { fitSurrogate, surrogateAnswers, surrogateR2 } from "../../../shared/explain/surrogate/surrogateTree";
import { seededRandom } from "../../../shared/math/seededRandom";

const rowsOf = (rows: number[][]): NumberRows => ({
  rowCount: rows.length,
  width: rows[0].length,
  cells: Float64Array.from(rows.flat()),
});
const each = (rows: NumberRows, value: (row: number[]) => number) =>
  Float64Array.from({ length: rows.rowCount }, (_, i) =>
    value([...rows.cells.subarray(i * rows.width, (i + 1) * rows.width)]),
  );
const random = seededRandom(5);
const uniform = rowsOf(Array.from({ length: 500 }, () => [random(), random(), random()]));

describe("permutation importance", () => {
  /** mean squared error of `2 a + b` as a model of itself: shuffling adds twice the variance of what is shuffled */
  const truth = each(uniform, ([a, b]) => 2 * a + b);
  const task = {
    rows: uniform,
    lowerIsBetter: true,
    repeats: 20,
    score: async (rows: NumberRows) =>
      each(rows, ([a, b]) => 2 * a + b).reduce((sum, value, i) => sum + (value - truth[i]) ** 2 / truth.length, 0),
  };

  it("finds what shuffling each column costs in theory", async () => {
    const { metric, features } = await permutationImportance({ ...task, random: seededRandom(1) });
    expect(metric).toBe(0);
    // uniform variance 1/12: 2 * 4/12 and 2 * 1/12
    expect(features[0].mean).toBeCloseTo(0.667, 1);
    expect(features[1].mean).toBeCloseTo(0.167, 1);
    expect(features[2]).toEqual({ mean: 0, deviation: 0 });
    expect(features[0].deviation).toBeGreaterThan(0.005);
    expect(features[0].deviation).toBeLessThan(0.1);
  });

  it("counts a drop of a metric that should be high as a cost, and repeats for a seed", async () => {
    const gains = { ...task, lowerIsBetter: false, score: async (rows: NumberRows) => 1 - (await task.score(rows)) };
    const first = await permutationImportance({ ...gains, random: seededRandom(2) });
    expect(first.features[0].mean).toBeGreaterThan(0.5);
    expect(await permutationImportance({ ...gains, random: seededRandom(2) })).toEqual(first);
  });
});

describe("partial dependence", () => {
  const rows = rowsOf([
    [0, 1],
    [5, -1],
  ]);
  const predict = async (some: NumberRows) => ({ values: each(some, ([a, b]) => a * b + 3), outputCount: 1 });
  const grid = Float64Array.of(1, 2, 4);

  it("is the mean of the rows' own curves", async () => {
    expect(await partialDependence({ predict, rows, column: 0, grid })).toEqual({
      mean: [[3, 3, 3]],
      rows: [
        [
          [4, 5, 7],
          [2, 1, -1],
        ],
      ],
    });
  });

  it("starts every curve at zero when centred", async () => {
    const { rows: curves } = await partialDependence({ predict, rows, column: 0, grid, isCentred: true });
    expect(curves[0]).toEqual([
      [0, 1, 3],
      [0, -1, -3],
    ]);
  });

  it("has its grid at quantiles without missing values, or at the most frequent levels", () => {
    const mixed = rowsOf([
      [3, 2],
      [1, 2],
      [Number.NaN, 0],
      [2, 1],
      [9, 1],
      [2, 2],
    ]);
    expect([...quantileGrid(mixed, 0, 3)]).toEqual([1, 2, 9]);
    expect([...levelGrid(mixed, 1, 2)]).toEqual([2, 1]);
  });
});

describe("a surrogate tree", () => {
  const options = { isCategory: [false, false, true], maxDepth: 4, minLeafRows: 1 };

  it("finds a model that is a tree, with its thresholds, categories and missing values", () => {
    const rows = rowsOf(
      Array.from({ length: 200 }, (_, i) => [i % 10 === 9 ? Number.NaN : i % 10, (i * 7) % 13, (i * 3) % 4]),
    );
    const model = ([a, , c]: number[]) => (a <= 4 || Number.isNaN(a) ? 0.1 : c === 1 || c === 3 ? 0.9 : 0.5);
    const answers = { values: each(rows, model), outputCount: 1 };
    const tree = fitSurrogate(rows, answers, options);
    expect(tree.split).toMatchObject({ feature: 0, threshold: 4.5, missingLeft: true });
    expect(tree.split!.left.split).toBeUndefined();
    expect(tree.split!.right.split).toMatchObject({ feature: 2 });
    expect(new Set(tree.split!.right.split!.values)).toEqual(new Set([0, 2]));
    const again = surrogateAnswers(tree, rows).values;
    expect(surrogateR2(answers.values, again)).toBeCloseTo(1, 12);
  });

  it("obeys its depth and the minimum number of rows per leaf", () => {
    const answers = { values: each(uniform, ([a, b, c]) => a * b - c), outputCount: 1 };
    const isCategory = [false, false, false];
    const tree = fitSurrogate(uniform, answers, { isCategory, maxDepth: 3, minLeafRows: 60 });
    const leaves = (node: typeof tree, depth = 0): { rows: number; depth: number }[] =>
      node.split
        ? [...leaves(node.split.left, depth + 1), ...leaves(node.split.right, depth + 1)]
        : [{ rows: node.rowCount, depth }];
    const found = leaves(tree);
    expect(Math.max(...found.map(({ depth }) => depth))).toBe(3);
    expect(Math.min(...found.map(({ rows }) => rows))).toBeGreaterThanOrEqual(60);
    expect(found.reduce((sum, { rows }) => sum + rows, 0)).toBe(500);
  });

  it("reports its fidelity as R2, and none for a model that always gives the same answer", () => {
    expect(surrogateR2(Float64Array.of(0, 2, 4), Float64Array.of(1, 2, 3))).toBe(0.75);
    expect(surrogateR2(Float64Array.of(1, 1), Float64Array.of(1, 1))).toBeUndefined();
  });
});
