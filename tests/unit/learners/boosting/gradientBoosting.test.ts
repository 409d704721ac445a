import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeatureTable } from "../../../../shared/featureTable";
import { BoostingRounds } from "../../../../shared/learners/boosting/boostingRounds";
import { gradientBoosting } from "../../../../shared/learners/boosting/gradientBoosting";
import { lossFor } from "../../../../shared/learners/boosting/loss";
import { validationSplit } from "../../../../shared/learners/boosting/validationSplit";
import type { ClassTarget, TrainingTarget } from "../../../../shared/learners/trainer";
import { RandomStream } from "../../../../shared/math/randomStream";
import golden from "../../../vectors/boosting.json";
import { runGraph } from "../runGraph";
import { sampleRows, sampleValues } from "../sampleRows";

const sample = { rowCount: 600, numbers: 5, categories: 1, missing: 0.1 };
const parse = (parameters: object) => gradientBoosting.parameters.parse(parameters);

function tableOf(columns: Float32Array[]): FeatureTable {
  const numbers = columns.map((values, at) => ({ name: `x${at}`, values }));
  return { rowCount: columns[0].length, numbers, categories: [] };
}

function classTarget(codes: ArrayLike<number>, count = 2): ClassTarget {
  return {
    task: "classification",
    classes: ["a", "b", "c", "d"].slice(0, count),
    codes: Int32Array.from(codes),
  };
}

describe("gradient boosting", () => {
  it.each(golden.cases)("predicts what LightGBM does: $name", ({ name, target, weights, predictions }) => {
    const table = tableOf(golden.columns.map((column) => Float32Array.from(column, (value) => value ?? Number.NaN)));
    const taught: TrainingTarget =
      name === "regression"
        ? { task: "regression", values: Float64Array.from(target) }
        : classTarget(target, name === "three classes" ? 3 : 2);
    const sampleWeights = weights ? Float64Array.from(weights) : undefined;
    const all = gradientBoosting
      .fit(table, taught, parse(golden.parameters), { seed: 1, sampleWeights })
      .predict(table);
    const ours = predictions.length === all.length ? all : all.filter((_, at) => at % 2 === 1);
    const gap = ours.reduce((most, value, at) => Math.max(most, Math.abs(value - predictions[at])), 0);
    expect(gap).toBeLessThan(name === "regression" ? 1e-5 : 2e-6);
  });

  it("stays a number without l2 where leaves hold rows that are all but sure", () => {
    const settings = parse({ rounds: 200, learningRate: 0.3, minLeafRows: 5, l2: 0 });
    const random = new RandomStream(29, 0);
    const column = () => new Float32Array(300).map(() => random.next() / 2 ** 32);
    const [told, noise] = [column(), column()];
    const target = classTarget(
      told.map((value) => Math.floor(value * 4)),
      4,
    );
    const sampleWeights = Float64Array.from(target.codes, (code) => (code === 0 ? 50 : 1));
    const table = tableOf([told, noise]);
    const probabilities = gradientBoosting.fit(table, target, settings, { seed: 29, sampleWeights }).predict(table);
    expect(probabilities.every(Number.isFinite)).toBe(true);
  });

  it("gives bit for bit the graph's answers with 137 rounds, for classes and for numbers far from 0", async () => {
    const settings = parse({ rounds: 137, learningRate: 0.3, maxLeaves: 12 });
    for (const classes of [2, 3]) {
      const { table, target } = sampleRows({ ...sample, classes, seed: classes });
      const model = gradientBoosting.fit(table, target, settings, { seed: 1 });
      const { probabilities } = await runGraph(model.toOnnx(), table);
      expect(Array.from(probabilities)).toEqual([...model.predict(table)]);
    }
    for (const [scale, shift] of [
      [1, 0],
      [1e-3, 1e4],
      [1e30, -3e31],
      [1e-32, 0],
    ]) {
      const { table, target } = sampleValues({ ...sample, seed: 4 });
      const values = target.values.map((value) => value * scale + shift);
      const model = gradientBoosting.fit(table, { ...target, values }, settings, { seed: 1 });
      const predicted = model.predict(table);
      expect([...(await runGraph(model.toOnnx(), table)).values]).toEqual([...predicted]);
      expect(explained(values, predicted)).toBeGreaterThan(0.9);
    }
  });

  it("explains most of what can be explained in rows it has not seen", () => {
    const train = sampleValues({ ...sample, rowCount: 3000, missing: 0.05, seed: 1 });
    const test = sampleValues({ ...sample, rowCount: 1000, missing: 0.05, seed: 2 });
    const model = gradientBoosting.fit(train.table, train.target, parse({}), { seed: 1 });
    expect(explained(test.target.values, model.predict(test.table))).toBeGreaterThan(0.95);
  });

  it("learns from the absence of a value, and sends it either way", () => {
    for (const hidden of [0, 1]) {
      const values = new Float32Array(300).map((_, row) => (row % 3 === 0 ? Number.NaN : (row * 17) % 50));
      // missing values belong to the low or to the high half
      const codes = values.map((value) => (Number.isNaN(value) ? hidden : value > 25 ? 1 : 0));
      const table = tableOf([values]);
      const settings = parse({ rounds: 20, maxLeaves: 2 });
      const probabilities = gradientBoosting.fit(table, classTarget(codes), settings, { seed: 1 }).predict(table);
      expect([...codes].every((code, row) => probabilities[2 * row + code] > 0.7)).toBe(true);
    }
  });

  it("learns the levels of a category whatever their order", () => {
    const levels = Array.from({ length: 40 }, (_, at) => `level ${(at * 23) % 40}`);
    const codes = new Int32Array(2000).map((_, row) => (row * 7) % 40);
    const wanted = codes.map((code) => ((code * 11) % 3 === 0 ? 1 : 0));
    const table = { rowCount: 2000, numbers: [], categories: [{ name: "c", levels, codes }] };
    const probabilities = gradientBoosting
      .fit(table, classTarget(wanted), parse({ rounds: 10, maxLeaves: 3, learningRate: 0.5 }), { seed: 1 })
      .predict(table);
    expect(wanted.every((code, row) => probabilities[2 * row + code] > 0.9)).toBe(true);
  });

  it("does not care about the scale of the weights", () => {
    const { table, target } = sampleRows({ ...sample, classes: 2, seed: 9 });
    const bytes = (factor: number) => {
      const sampleWeights = new Float64Array(600).map((_, row) => factor * (1 + (row % 3)));
      return gradientBoosting.fit(table, target, parse({ rounds: 20 }), { seed: 1, sampleWeights }).toOnnx();
    };
    expect(Buffer.compare(bytes(1), bytes(2 ** -40))).toBe(0);
  });

  it("looks at a share of the features in each tree", () => {
    const { table, target } = sampleRows({ ...sample, numbers: 9, categories: 0, classes: 2, seed: 3 });
    const columns = table.numbers.map(({ values }) => values);
    const weights = new Float64Array(600).fill(1);
    const rounds = new BoostingRounds(
      columns,
      600,
      lossFor(target, weights, 1),
      weights,
      { ...growth, featureShare: 0.34 },
      5,
    );
    const used = Array.from({ length: 30 }, () => new Set(rounds.next()?.[0].feature.filter((column) => column >= 0)));
    expect(Math.max(...used.map(({ size }) => size))).toBe(3);
    expect(new Set(used.flatMap((some) => [...some])).size).toBe(9);
  });

  it("stops when there is nothing left to learn, and reports its progress up to the last round otherwise", () => {
    const values = new Float32Array(200).map((_, row) => row % 2);
    const flat = tableOf([new Float32Array(200).fill(3)]);
    const model = gradientBoosting.fit(flat, classTarget(values), parse({}), { seed: 1 });
    expect([...new Set(model.predict(flat))]).toEqual([0.5]);
    const { table, target } = sampleRows({ ...sample, classes: 2, seed: 2 });
    const fractions: number[] = [];
    const onProgress = (fraction: number) => fractions.push(fraction);
    gradientBoosting.fit(table, target, parse({ rounds: 4 }), { seed: 1, onProgress });
    expect(fractions).toEqual([0.25, 0.5, 0.75, 1]);
    fractions.length = 0;
    gradientBoosting.fit(table, target, parse({ rounds: 50, earlyStoppingRounds: 3 }), { seed: 1, onProgress });
    expect(fractions.every((fraction, at) => at === 0 || fraction > fractions[at - 1])).toBe(true);
    expect(fractions.at(-1)).toBe(1);
  });
});

const growth = { learningRate: 0.1, maxLeaves: 31, maxDepth: 20, minLeafRows: 10, l2: 1, featureShare: 1 };

/** Share of the variance of `values` that `predicted` explains. */
function explained(values: Float64Array, predicted: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = (from: (row: number) => number) =>
    values.reduce((sum, value, row) => sum + ((value - from(row)) / mean) ** 2, 0);
  return 1 - squares((row) => predicted[row]) / squares(() => mean);
}

describe("the trees of gradient boosting", () => {
  /** The row counts of a tree's leaves, by its thresholds. */
  function leafRows(
    columns: Float32Array[],
    tree: NonNullable<ReturnType<BoostingRounds["next"]>>[0],
  ): Map<number, number> {
    const counts = new Map<number, number>();
    for (let row = 0; row < columns[0].length; row++) {
      let node = 0;
      while (tree.feature[node] >= 0) {
        const value = columns[tree.feature[node]][row];
        const left = Number.isNaN(value) ? tree.missingLeft[node] : value <= tree.threshold[node];
        node = left ? tree.left[node] : tree.left[node] + 1;
      }
      counts.set(node, (counts.get(node) ?? 0) + 1);
    }
    return counts;
  }

  it("hold in every leaf as many rows as asked for, also where hessians say nothing about rows", () => {
    const random = new RandomStream(1, 1);
    const draw = () => random.next() / 2 ** 32;
    const columns = Array.from({ length: 5 }, () =>
      new Float32Array(900).map(() => (draw() < 0.2 ? Number.NaN : draw() ** 4)),
    );
    const codes = columns[0].map((value, row) => (value > 0.2 || columns[1][row] < 0.001 || draw() < 0.03 ? 1 : 0));
    const weights = new Float64Array(900).map(() => 10 ** (4 * draw() - 2));
    for (const minLeafRows of [1, 20, 100]) {
      const loss = lossFor(classTarget(codes), weights, 1);
      const rounds = new BoostingRounds(columns, 900, loss, weights, { ...growth, minLeafRows }, 1);
      for (let round = 0; round < 30; round++) {
        const [tree] = rounds.next() ?? [];
        if (tree === undefined) break;
        const counts = leafRows(columns, tree);
        expect(counts.size).toBe(tree.feature.filter((column) => column < 0).length);
        expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(minLeafRows);
      }
    }
  });

  it("are no deeper and have no more leaves than asked for", () => {
    const { table, target } = sampleRows({ ...sample, categories: 0, classes: 2, seed: 3 });
    const columns = table.numbers.map(({ values }) => values);
    const weights = new Float64Array(600).fill(1);
    const next = (settings: object) =>
      new BoostingRounds(columns, 600, lossFor(target, weights, 1), weights, { ...growth, ...settings }, 1).next()?.[0];
    expect(next({ maxDepth: 2 })?.feature).toHaveLength(7);
    expect(next({ maxDepth: 1 })?.feature).toHaveLength(3);
    expect(next({ maxLeaves: 5 })?.feature).toHaveLength(9);
  });
});

describe("early stopping", () => {
  const noise = (seed: number) => {
    const { table, target } = sampleRows({ ...sample, classes: 2, seed });
    const random = new RandomStream(seed, 5);
    const codes = target.codes.map((code) => (random.below(3) === 0 ? 1 - code : code));
    return { table, target: { ...target, codes } };
  };

  it("refits on all rows with the number of rounds that was best on rows held back", () => {
    const { table, target } = noise(1);
    const stopped = gradientBoosting.fit(table, target, parse({ rounds: 300, maxLeaves: 4, earlyStoppingRounds: 10 }), {
      seed: 3,
    });
    const bytes = stopped.toOnnx();
    const counts = Array.from({ length: 120 }, (_, at) => at + 1).filter((rounds) => {
      const plain = gradientBoosting.fit(table, target, parse({ rounds, maxLeaves: 4 }), { seed: 3 });
      return Buffer.compare(plain.toOnnx(), bytes) === 0;
    });
    expect(counts).toHaveLength(1);
    expect(counts[0]).toBeLessThan(100);
  });

  it("holds back the newest rows where rows have times, those of one time together", () => {
    const times = new Float64Array(100).map((_, row) => 1000 * Math.floor(((row * 37) % 100) / 4));
    const { training, validation } = validationSplit(classTarget(new Int32Array(100)), 0.15, 1, times);
    expect(validation.length).toBe(16);
    const newest = Math.max(...training.map((row) => times[row]));
    expect(validation.every((row) => times[row] > newest)).toBe(true);
    expect([...training, ...validation].sort((a, b) => a - b)).toEqual([...times.keys()]);
  });

  it("holds back the same share of every class otherwise, another one for another seed", () => {
    const codes = new Int32Array(1000).map((_, row) => (row % 10 === 0 ? 1 : 0));
    const { validation } = validationSplit(classTarget(codes), 0.2, 1, undefined);
    expect(validation).toHaveLength(200);
    expect(validation.filter((row) => codes[row] === 1)).toHaveLength(20);
    expect(validationSplit(classTarget(codes), 0.2, 2, undefined).validation).not.toEqual(validation);
    expect(
      validationSplit({ task: "regression", values: new Float64Array(10) }, 0.2, 2, undefined).validation,
    ).toHaveLength(2);
  });

  it("says so if nothing can be learned from the remaining rows, or none remain", () => {
    const codes = new Int32Array(100).map((_, row) => (row > 90 ? 1 : 0));
    const table = tableOf([new Float32Array(100).map((_, row) => row)]);
    const settings = parse({ earlyStoppingRounds: 5 });
    const fitBy = (times: Float64Array) => () =>
      gradientBoosting.fit(table, classTarget(codes), settings, { seed: 1, times });
    expect(fitBy(Float64Array.from(codes.keys()))).toThrow(
      'without the newest share of 0.15 that early stopping holds back: all 85 training rows have the class "a"',
    );
    expect(fitBy(new Float64Array(100))).toThrow(
      "cannot hold back a share of 0.15 of 100 rows, rows of one time together",
    );
  });

  it("ends sooner the less there is to learn", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), (seed) => {
        const random = new RandomStream(seed, 5);
        const columns = [new Float32Array(300).map(() => random.next())];
        const target = classTarget(new Int32Array(300).map(() => random.below(2)));
        let rounds = 0;
        const onProgress = () => rounds++;
        gradientBoosting.fit(tableOf(columns), target, parse({ rounds: 500, earlyStoppingRounds: 20 }), {
          seed,
          onProgress,
        });
        expect(rounds).toBeLessThan(400);
      }),
      { numRuns: 10 },
    );
  });
});
