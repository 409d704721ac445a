import { describe, expect, it } from "vitest";
import { adjustedRandIndex, purity, randIndex } from "../../../shared/evaluation/clusteringMetrics";
import { silhouette, silhouetteByRow } from "../../../shared/evaluation/silhouette";
import { expectNear, golden } from "./golden";

interface Golden {
  name: string;
  truth: number[];
  labels: number[];
  randIndex: number;
  adjustedRandIndex: number;
  purity: number;
}
interface GoldenSilhouette {
  name: string;
  points: number[][];
  labels: number[];
  byRow: number[];
  silhouette: number;
}
const { cases, silhouettes } = golden<{ cases: Golden[]; silhouettes: GoldenSilhouette[] }>("clustering");
const pointsOf = (rows: number[][]) => ({ width: rows[0].length, values: Float64Array.from(rows.flat()) });

describe("clustering metrics", () => {
  it.each(cases)("equal scikit-learn's: $name", (one) => {
    const truth = Int32Array.from(one.truth);
    const labels = Int32Array.from(one.labels);
    expectNear(randIndex(truth, labels), one.randIndex, "Rand index");
    expectNear(adjustedRandIndex(truth, labels), one.adjustedRandIndex, "adjusted Rand index");
    expectNear(purity(truth, labels), one.purity, "purity");
  });

  it("do not depend on the names of clusters, the order of rows, or which division is called the truth", () => {
    for (const one of cases) {
      const truth = Int32Array.from(one.truth).reverse();
      const labels = Int32Array.from(one.labels, (label) => 100 - 7 * label).reverse();
      expectNear(adjustedRandIndex(labels, truth), one.adjustedRandIndex, one.name);
      expectNear(randIndex(labels, truth), one.randIndex, one.name);
      expectNear(purity(truth, labels), one.purity, one.name);
    }
  });
});

describe("the silhouette", () => {
  it.each(silhouettes)("equals scikit-learn's: $name", (one) => {
    const labels = Int32Array.from(one.labels);
    expectNear(silhouetteByRow(pointsOf(one.points), labels), one.byRow, "by row");
    const found = silhouette(pointsOf(one.points), labels, { limit: 1000, seed: 1 });
    expectNear(found.value, one.silhouette, "mean");
    expect(found.rows).toBe(one.labels.length);
  });

  it("is undefined with one cluster and where every row is its own", () => {
    const points = pointsOf([[0], [1], [2]]);
    for (const labels of [Int32Array.of(4, 4, 4), Int32Array.of(0, 1, 2)])
      expect(silhouette(points, labels, { limit: 10, seed: 1 })).toEqual({ value: null, rows: 3 });
  });

  it("of many rows is measured on a sample that the seed repeats", () => {
    const rows = Array.from({ length: 900 }, (_, row) => [(row % 3) * 10 + (row % 7), row % 5]);
    const labels = Int32Array.from(rows, (_point, row) => row % 3);
    const exact = silhouette(pointsOf(rows), labels, { limit: 900, seed: 1 });
    const sampled = silhouette(pointsOf(rows), labels, { limit: 300, seed: 1 });
    expect(sampled.rows).toBe(300);
    expect(Math.abs((sampled.value as number) - (exact.value as number))).toBeLessThan(0.03);
    expect(silhouette(pointsOf(rows), labels, { limit: 300, seed: 1 })).toEqual(sampled);
    expect(silhouette(pointsOf(rows), labels, { limit: 300, seed: 2 }).value).not.toBe(sampled.value);
  });
});
