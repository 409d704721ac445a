import { describe, expect, it } from "vitest";
import { automaticBlockLength } from "../../../shared/evaluation/blockLength";
import { pairedBootstrap } from "../../../shared/evaluation/pairedBootstrap";
import { chooseBlocks } from "../../../shared/evaluation/resampling";
import { seededRandom } from "../../../shared/math/seededRandom";
import { golden } from "./golden";

const vectors = golden<{ cases: { name: string; series: number[]; length: number }[] }>("blockLength");

/** Errors of `days` days, 24 a day, which remember the day before by `memory`. */
function dailyErrors(days: number, memory: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const errors = new Float64Array(days * 24);
  let level = 0;
  for (let row = 0; row < errors.length; row++) {
    if (row % 24 === 0) level = memory * level + random() - 0.5;
    errors[row] = level + 0.2 * (random() - 0.5);
  }
  return errors;
}

const dayOf = (rows: number, step = 1) =>
  Int32Array.from({ length: rows }, (_, row) => 20_000 + step * Math.floor(row / 24));

describe("the automatic block length", () => {
  it.each(vectors.cases)("is that of arch for $name", ({ series, length }) => {
    expect(automaticBlockLength(Float64Array.from(series))).toBeCloseTo(length, 9);
  });

  it("is one step for a series that is short, or the same throughout", () => {
    expect(automaticBlockLength(Float64Array.of(1, 2, 3, 4, 5))).toBe(1);
    expect(automaticBlockLength(new Float64Array(50).fill(0.3))).toBe(1);
  });
});

describe("the blocks of an interval", () => {
  it("are as many days long as the errors are correlated", () => {
    const of = (memory: number) =>
      chooseBlocks({ blocks: dayOf(200 * 24), blockUnit: "day" }, [dailyErrors(200, memory, 4)]).resampling;
    expect(of(0)).toEqual({ unit: "day", blockDays: 1, blocks: 200 });
    const lasting = of(0.8);
    expect(lasting.blockDays).toBeGreaterThan(5);
    expect(lasting.blocks).toBe(Math.ceil(200 / (lasting.blockDays as number)));
  });

  it("are counted in days where a day with rows comes every week", () => {
    const { blockDays, blocks } = chooseBlocks({ blocks: dayOf(100 * 24, 7), blockUnit: "day" }, [
      dailyErrors(100, 0.8, 4),
    ]).resampling;
    expect(blockDays as number).toBeGreaterThanOrEqual(14);
    expect((blockDays as number) % 7).toBe(0);
    expect(blocks).toBe(Math.ceil(700 / (blockDays as number)));
  });

  it("are as long as the spec says", () => {
    const units = { blocks: dayOf(28 * 24), blockUnit: "day" as const };
    expect(chooseBlocks(units, [dailyErrors(28, 0.9, 1)], 7).resampling).toEqual({
      unit: "day",
      blockDays: 7,
      blocks: 4,
    });
  });

  it("are the groups themselves, whatever the errors", () => {
    const units = { blocks: Int32Array.of(4, 4, 9, 9, 9), blockUnit: "group" as const };
    const { blocks, resampling } = chooseBlocks(units, [Float64Array.of(1, 2, 3, 4, 5)]);
    expect([...blocks]).toEqual([4, 4, 9, 9, 9]);
    expect(resampling).toEqual({ unit: "group", blocks: 2 });
  });

  it("contain the true difference about as often as they say, where those of days do not", () => {
    const runs = 150;
    let held = 0;
    let heldByDay = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const errors = dailyErrors(180, 0.7, seed);
      const zero = { target: new Float64Array(errors.length), predictions: new Float64Array(errors.length) };
      // |1 + error| less |1| has the mean 0 over all that might have been
      const output = { ...zero, predictions: errors.map((error) => 10 + error) };
      const baseline = { ...zero, predictions: zero.predictions.map(() => 10) };
      const units = { blocks: dayOf(errors.length), blockUnit: "day" as const };
      const covers = (blocks: Int32Array) => {
        const { low, high } = pairedBootstrap("mae", output, baseline, {
          blocks,
          seed,
          samples: 400,
          confidence: 0.95,
        });
        return low <= 0 && high >= 0 ? 1 : 0;
      };
      held += covers(chooseBlocks(units, [errors]).blocks);
      heldByDay += covers(units.blocks);
    }
    expect(held / runs).toBeGreaterThan(0.85);
    expect(heldByDay / runs).toBeLessThan(0.75);
  });
});
