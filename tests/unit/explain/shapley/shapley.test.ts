import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawRows, type NumberRows, type PredictRows } from "../../../../shared/explain/model/numberRows";
import { exactEvaluations, exactShapley } from "../../../../shared/explain/shapley/exactShapley";
import { sampledEvaluations, sampledShapley } from "../../../../shared/explain/shapley/sampledShapley";
import { seededRandom } from "../../../../shared/math/seededRandom";
import { bruteForceShapley, marginalWorth } from "../bruteForce";

const rowsOf = (rows: number[][]): NumberRows => ({
  rowCount: rows.length,
  width: rows[0].length,
  cells: Float64Array.from(rows.flat()),
});

/** A game around a plain function; counts the rows that were asked for. */
async function gameOf(value: (row: number[]) => number, background: number[][]) {
  const asked = { rows: 0 };
  const predict: PredictRows = async ({ rowCount, width, cells }) => {
    asked.rows += rowCount;
    return Float64Array.from({ length: rowCount }, (_, i) => value([...cells.subarray(i * width, (i + 1) * width)]));
  };
  const rows = rowsOf(background);
  const backgroundValues = await predict(rows);
  asked.rows = 0;
  return { game: { predict, background: rows, backgroundValues }, asked };
}

const curved = ([a, b, c, d]: number[]) => a * b + Math.sin(c) * d - (a > 0 && d > 0 ? 2 : 0);
/** three features act together: orders and their reverses alone do not make up for that */
const tangled = ([a, b, c, d]: number[]) => a * b * c + (b > 0 ? a : c) * d;
const background = [
  [0, 0, 0, 0],
  [1, -1, 0.5, 2],
  [-2, 0.3, 1, -1],
];
const row = [1.5, 2, -1, 0.7];

describe("exact Shapley values", () => {
  it("split a product as worked out by hand", async () => {
    // f = a * b against (0, 0): both are needed, each gets half of 6
    const { game } = await gameOf(([a, b]) => a * b, [[0, 0]]);
    expect([...(await exactShapley(game, rowsOf([[2, 3]]), 0)).values]).toEqual([3, 3]);
  });

  it("follow the definition, add up, and evaluate as often as they say", async () => {
    const { game, asked } = await gameOf(curved, background);
    const { values } = await exactShapley(game, rowsOf([background[0], row]), 1);
    const expected = bruteForceShapley(4, marginalWorth(row, background, curved));
    for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 12);
    const base = background.reduce((sum, one) => sum + curved(one) / 3, 0);
    expect(values.reduce((sum, value) => sum + value, base)).toBeCloseTo(curved(row), 12);
    expect(asked.rows).toBe(exactEvaluations(4, 3));
  });

  it("are weight times distance from the mean for a linear model, and zero for an unused feature", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
          minLength: 2,
          maxLength: 6,
        }),
        async (pairs) => {
          const weights = pairs.map(([weight]) => weight);
          const own = pairs.map(([, value]) => value);
          const others = [own.map((value) => value + 2), own.map((value) => value - 1)];
          const { game } = await gameOf((cells) => cells.reduce((sum, x, i) => sum + weights[i] * x, 1), others);
          const { values } = await exactShapley(game, rowsOf([own]), 0);
          for (const [i, weight] of weights.entries()) expect(values[i]).toBeCloseTo(weight * -0.5, 9);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("sampled Shapley values", () => {
  it("add up exactly, repeat for a seed, and evaluate as often as they say", async () => {
    const { game, asked } = await gameOf(tangled, background);
    const sample = (seed: number) => sampledShapley(game, rowsOf([row]), 0, { pairs: 3, random: seededRandom(seed) });
    const { values } = await sample(7);
    expect(asked.rows).toBe(sampledEvaluations(4, 3, 3));
    const base = background.reduce((sum, one) => sum + tangled(one) / 3, 0);
    expect(values.reduce((sum, value) => sum + value, base)).toBeCloseTo(tangled(row), 12);
    expect((await sample(7)).values).toEqual(values);
    expect((await sample(8)).values).not.toEqual(values);
  });

  it("deviate from the exact ones as much as their standard errors say", async () => {
    const { game } = await gameOf(tangled, background);
    const exact = (await exactShapley(game, rowsOf([row]), 0)).values;
    let squares = 0;
    const runs = 200;
    for (let seed = 0; seed < runs; seed++) {
      const found = await sampledShapley(game, rowsOf([row]), 0, { pairs: 12, random: seededRandom(seed) });
      squares += ((found.values[0] - exact[0]) / (found.standardErrors as Float64Array)[0]) ** 2 / runs;
    }
    // the mean square of a t statistic with some twenty degrees of freedom is about 1.1
    expect(squares).toBeGreaterThan(0.7);
    expect(squares).toBeLessThan(1.6);
  });

  it("are exact if every order gives the same, with a standard error of zero", async () => {
    const { game } = await gameOf(([a, b]) => 2 * a - b, [[0, 0]]);
    const { values, standardErrors } = await sampledShapley(game, rowsOf([[1, 4]]), 0, {
      pairs: 2,
      random: seededRandom(1),
    });
    expect([...values]).toEqual([2, -4]);
    expect([...(standardErrors as Float64Array)]).toEqual([0, 0]);
  });
});

describe("drawing rows", () => {
  it("returns distinct rows in order, and all of them if there are no more", () => {
    expect([...drawRows(3, 10, seededRandom(1))]).toEqual([0, 1, 2]);
    const drawn = [...drawRows(1000, 50, seededRandom(1))];
    expect(new Set(drawn).size).toBe(50);
    expect(drawn).toEqual([...drawn].sort((a, b) => a - b));
    expect(Math.max(...drawn)).toBeGreaterThan(800);
  });
});
