import { describe, expect, it } from "vitest";
import { kernelCache } from "../../../../shared/learners/kernel/kernelCache";
import { linearDesign } from "../../../../shared/learners/kernel/linearDesign";
import { linearKernelRow } from "../../../../shared/learners/kernel/linearKernel";
import { nystroemDesign } from "../../../../shared/learners/kernel/nystroemDesign";
import type { Points } from "../../../../shared/learners/kernel/points";
import { rbfKernelRow } from "../../../../shared/learners/kernel/rbfKernel";
import { solveSmo } from "../../../../shared/learners/kernel/smoSolver";
import { minimizeSquaredHinge } from "../../../../shared/learners/kernel/squaredHinge";
import { trainerFor } from "../../../../shared/learners/registry";
import vectors from "../../../vectors/svm.json";
import { sampleRows } from "../sampleRows";

const count = vectors.rows.length;
const points: Points = {
  count,
  numberCount: 3,
  categoryCount: 0,
  numbers: Float64Array.from(vectors.rows.flat()),
  indicators: new Int32Array(0),
};
const signs = Float64Array.from(vectors.signs);
const penaltiesOf = (c: number, weights: number[] | null) =>
  Float64Array.from(signs, (_, row) => c * (weights === null ? 1 : weights[row]));

describe("sequential minimal optimization", () => {
  it.each(vectors.exact)("finds the multipliers and intercept of scikit-learn's SVC: $name", (golden) => {
    const kernelRow = (row: number, values: Float64Array) =>
      golden.gamma === null
        ? linearKernelRow(points, row, points, values)
        : rbfKernelRow(points, row, points, golden.gamma, values);
    const diagonal = Float64Array.from({ length: count }, (_, row) => {
      const values = new Float64Array(count);
      kernelRow(row, values);
      return values[row];
    });
    const solution = solveSmo({
      kernel: kernelCache(count, kernelRow, diagonal),
      signs,
      limits: penaltiesOf(golden.c, golden.weights),
      tolerance: 1e-7,
      maxIterations: 1e6,
    });
    expect(solution.converged).toBe(true);
    for (const [row, coefficient] of golden.coefficients.entries())
      expect(Math.abs(solution.coefficients[row] - coefficient)).toBeLessThan(1e-4);
    expect(solution.intercept).toBeCloseTo(golden.intercept, 5);
  });

  it("says when it was stopped before the end", () => {
    const identity = (row: number, values: Float64Array) => values.fill(0).fill(1, row, row + 1);
    const problem = {
      kernel: kernelCache(count, identity, new Float64Array(count).fill(1)),
      signs,
      limits: penaltiesOf(1, null),
      tolerance: 1e-3,
    };
    expect(solveSmo({ ...problem, maxIterations: 3 })).toMatchObject({ converged: false, iterations: 3 });
    expect(solveSmo({ ...problem, maxIterations: 1000 }).converged).toBe(true);
  });

  it("answers with numbers where a class has no rows, as on a few rows of a search or in a span of time", () => {
    const { table, target } = sampleRows({ seed: 8, rowCount: 90, numbers: 3, categories: 0, classes: 2, missing: 0 });
    const classes = [...target.classes, "absent"];
    for (const kernel of ["rbf", "linear"]) {
      const exact = trainerFor("svm-exact");
      const model = exact.fit(table, { ...target, classes }, exact.parameters.parse({ kernel }), { seed: 1 });
      const probabilities = model.predict(table);
      expect(probabilities.every(Number.isFinite)).toBe(true);
      for (let row = 0; row < 90; row++) expect(probabilities[row * 3 + 2]).toBeLessThan(0.05);
    }
  });
});

describe("svm-exact", () => {
  it("refuses more rows than it can take and names the learners that can", () => {
    const { table, target } = sampleRows({
      seed: 1,
      rowCount: 20_001,
      numbers: 1,
      categories: 0,
      classes: 2,
      missing: 0,
    });
    const trainer = trainerFor("svm-exact");
    expect(() => trainer.fit(table, target, trainer.parameters.parse({}), { seed: 1 })).toThrow(
      "20001 training rows; svm-exact takes at most 20000; svm-rbf and svm-linear take more",
    );
  });
});

describe("the squared hinge", () => {
  it.each(vectors.linear)("has its minimum where scikit-learn's LinearSVC finds it: $name", ({ c, weights, point }) => {
    const penalties = penaltiesOf(c, weights);
    const fit = minimizeSquaredHinge({ design: linearDesign(points, 3), signs, penalties, tolerance: 1e-10 });
    expect(fit.converged).toBe(true);
    for (const [k, value] of point.entries()) expect(fit.point[k]).toBeCloseTo(value, 7);
  });

  it("on landmarks scores as the kernel machine when every row is one, within the kernel's fixed point", () => {
    const { gamma, c, scores } = vectors.landmarks;
    const design = nystroemDesign(
      points,
      Int32Array.from({ length: count }, (_, row) => row),
      gamma,
    );
    const fit = minimizeSquaredHinge({ design, signs, penalties: penaltiesOf(c, null), tolerance: 1e-9 });
    for (const [row, score] of scores.entries()) expect(Math.abs(fit.scores[row] - score)).toBeLessThan(1e-3);
  });
});

describe("the kernel cache", () => {
  it("computes a row once while it has room", () => {
    const computed: number[] = [];
    const cache = kernelCache(
      3,
      (row, values) => {
        computed.push(row);
        values.fill(row);
      },
      new Float64Array(3),
    );
    for (const row of [0, 1, 0, 1, 2, 0]) expect([...cache.row(row)]).toEqual([row, row, row]);
    expect(computed).toEqual([0, 1, 2]);
  });
});
