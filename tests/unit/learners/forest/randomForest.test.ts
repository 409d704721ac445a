import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { weightLayout } from "../../../../shared/learners/forest/classHistogram";
import { ClassStatistic } from "../../../../shared/learners/forest/classStatistic";
import { TreeGrower } from "../../../../shared/learners/forest/growTree";
import { histogramScan } from "../../../../shared/learners/forest/histogramScan";
import { randomForest } from "../../../../shared/learners/forest/randomForest";
import { scanEveryCut } from "../../../../shared/learners/forest/scanEveryCut";
import { scanTwoClasses } from "../../../../shared/learners/forest/scanTwoClasses";
import { giniCriterion } from "../../../../shared/learners/forest/splitCriterion";
import { binColumn } from "../../../../shared/learners/treeRows/binColumn";
import { partitionRows } from "../../../../shared/learners/treeRows/partitionRows";
import { splitThreshold } from "../../../../shared/learners/treeRows/splitThreshold";
import { RandomStream } from "../../../../shared/math/randomStream";
import { runGraph } from "../runGraph";
import { sampleRows } from "../sampleRows";

const defaults = randomForest.parameters.parse({});

function growerFor() {
  const { table, target } = sampleRows({ seed: 1, rowCount: 500, numbers: 4, categories: 0, classes: 2, missing: 0.1 });
  const statistic = new ClassStatistic(target.codes, 2, new Float64Array(500).fill(1), weightLayout(500, undefined));
  return new TreeGrower({
    columns: table.numbers.map(({ values }) => binColumn(values, target.codes, 2)),
    statistic,
    rowCount: 500,
    drawable: Int32Array.from(Array(500).keys()),
    bootstrap: true,
    maxDepth: 8,
    minLeafRows: 3,
    featuresPerSplit: 2,
    scan: histogramScan(statistic, scanTwoClasses),
  });
}

describe("the random forest", () => {
  it("grows the same tree whichever trees were grown before, so that any split over workers gives the same forest", () => {
    const whole = growerFor();
    const trees = [0, 1, 2, 3].map((index) => whole.grow(9, index));
    const part = growerFor();
    expect(part.grow(9, 3)).toEqual(trees[3]);
    expect(part.grow(9, 1)).toEqual(trees[1]);
    expect(part.grow(10, 1)).not.toEqual(trees[1]);
  });

  it("finds equally good splits with the scan for two classes and the scan for many", () => {
    const rowUnit = 2 ** 40;
    fc.assert(
      fc.property(
        fc.array(fc.nat(3), { minLength: 4, maxLength: 40 }),
        fc.integer({ min: 1, max: 6 }),
        (counts, least) => {
          const histogram = Float64Array.from(counts.slice(0, counts.length & ~1), (rows) => rows * (rowUnit + 2));
          const weights = new Float64Array(2);
          for (const [at, sum] of histogram.entries()) weights[at % 2] += sum % rowUnit;
          const node = {
            rows: (weights[0] + weights[1]) / 2,
            weights,
            minLeafRows: least,
            rowUnit,
            random: new RandomStream(1, 1),
          };
          const best = [scanTwoClasses, scanEveryCut(giniCriterion(2))].map((scan) => {
            const split = {
              cost: 1e9,
              feature: 0,
              bin: 0,
              nextBin: 0,
              missingLeft: false,
              hasMissing: false,
              leftWeights: new Float64Array(2),
            };
            const varies = scan(histogram, histogram.length / 2, node, 1, split);
            return { varies, cost: split.cost };
          });
          expect(best[1].varies).toBe(best[0].varies);
          expect(best[1].cost).toBeCloseTo(best[0].cost, 9);
        },
      ),
    );
  });

  it("learns an exclusive or, which no single split improves", () => {
    const bit = (row: number, at: number) => (row >> at) & 1;
    const numbers = [0, 1].map((at) => ({
      name: `x${at}`,
      values: new Float32Array(400).map((_, row) => bit(row, at)),
    }));
    const codes = new Int32Array(400).map((_, row) => bit(row, 0) ^ bit(row, 1));
    const table = { rowCount: 400, numbers, categories: [] };
    const model = randomForest.fit(
      table,
      { task: "classification" as const, classes: ["same", "different"], codes },
      defaults,
      { seed: 1 },
    );
    const probabilities = model.predict(table);
    expect(codes.every((code, row) => probabilities[2 * row + code] > 0.9)).toBe(true);
  });

  it("learns from the absence of a value, and from a category's name alone", async () => {
    const hides = (row: number) => row % 3 === 0;
    const values = new Float32Array(300).map((_, row) => (hides(row) ? Number.NaN : (row * 17) % 50));
    const codes = new Int32Array(300).map((_, row) => (hides(row) ? 1 : 0));
    const names = {
      name: "c",
      levels: ["a", "b", "c"],
      codes: new Int32Array(300).map((_, row) => (hides(row) ? 1 : row % 3)),
    };
    for (const table of [
      { rowCount: 300, numbers: [{ name: "x", values }], categories: [] },
      { rowCount: 300, numbers: [], categories: [names] },
    ]) {
      const model = randomForest.fit(
        table,
        { task: "classification" as const, classes: ["no", "yes"], codes },
        defaults,
        { seed: 1 },
      );
      const probabilities = model.predict(table);
      const expected = table.numbers.length > 0 ? codes : names.codes.map((code) => (code === 1 ? 1 : 0));
      expect(expected.every((code, row) => (probabilities[2 * row + 1] >= 0.5 ? 1 : 0) === code)).toBe(true);
      const reply = await runGraph(model.toOnnx(), table);
      expect(Array.from(reply.probabilities)).toEqual([...probabilities]);
    }
  });

  it("gives bit for bit the graph's probabilities, also with a number of trees that is not a power of two", async () => {
    const rows = sampleRows({ seed: 2, rowCount: 600, numbers: 5, categories: 1, classes: 2, missing: 0.1 });
    const model = randomForest.fit(rows.table, rows.target, { ...defaults, trees: 337 }, { seed: 1 });
    const { probabilities } = await runGraph(model.toOnnx(), rows.table);
    expect(Array.from(probabilities)).toEqual([...model.predict(rows.table)]);
  });

  it("reports its progress up to the whole", () => {
    const { table, target } = sampleRows({ seed: 2, rowCount: 60, numbers: 2, categories: 0, classes: 2, missing: 0 });
    const fractions: number[] = [];
    const onProgress = (fraction: number) => fractions.push(fraction);
    randomForest.fit(table, target, { ...defaults, trees: 4 }, { seed: 1, onProgress });
    expect(fractions).toEqual([0.25, 0.5, 0.75, 1]);
  });

  it.each([0, -1, 1.5, "all"])("does not take %s for the features of a split", (featuresPerSplit) => {
    expect(randomForest.parameters.safeParse({ featuresPerSplit }).success).toBe(false);
  });
});

describe("a split's threshold", () => {
  it("separates any two float32 numbers", () => {
    const float = fc.float({ noNaN: true });
    fc.assert(
      fc.property(float, float, (a, b) => {
        fc.pre(a !== b);
        const [low, high] = a < b ? [a, b] : [b, a];
        const threshold = splitThreshold(low, high);
        expect(Math.fround(threshold)).toBe(threshold);
        expect(low <= threshold && threshold < high).toBe(true);
      }),
    );
  });
});

describe("binning", () => {
  it("keeps order, ties and missing values, whatever the column", () => {
    const value = fc.oneof(fc.float({ noNaN: true }), fc.constant(Number.NaN), fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 900 }), (list) => {
        const values = Float32Array.from(list);
        const { codes, binCount, lowest, highest } = binColumn(values, new Int32Array(values.length), 1);
        expect(binCount).toBeLessThanOrEqual(256);
        for (const [row, bin] of codes.entries()) {
          expect(bin === 0).toBe(Number.isNaN(values[row]));
          if (bin > 0) expect(lowest[bin] <= values[row] && values[row] <= highest[bin]).toBe(true);
        }
      }),
    );
  });
});

describe("the partition of a node's rows", () => {
  it("keeps every row and its order on both sides, missing values on either", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(255), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 254 }),
        fc.boolean(),
        (bins, cut, missingLeft) => {
          const rows = Int32Array.from(bins.keys());
          const codes = Uint16Array.from(bins, (bin, row) => bin * 3 + (row % 3));
          const middle = partitionRows(rows, 0, rows.length, codes, (cut + 1) * 3, missingLeft ? 0 : 3, rows.slice());
          const goesLeft = (row: number) => (bins[row] === 0 ? missingLeft : bins[row] <= cut);
          const all = [...bins.keys()];
          expect([...rows.subarray(0, middle)]).toEqual(all.filter(goesLeft));
          expect([...rows.subarray(middle)]).toEqual(all.filter((row) => !goesLeft(row)));
        },
      ),
    );
  });
});
