import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitByTime } from "../../../shared/data/splitByTime";

const dayMs = 86_400_000;
const start = Date.UTC(2020, 0, 1);
const holdoutFrom = new Date(start + 1000 * dayMs).toISOString();

/** Rows over 1,000 days, which come `growth` times as often on each day as on the day before. */
function times(rows: number, growth: number): Float64Array {
  const at = (share: number) =>
    growth === 1 ? 1000 * share : Math.log(1 + share * (growth ** 1000 - 1)) / Math.log(growth);
  return Float64Array.from({ length: rows }, (_, row) => Math.floor(start + dayMs * at((row + 0.5) / rows)));
}

const sizes = (split: ReturnType<typeof splitByTime>) =>
  split.folds.map(({ train, validation }) => [train.length, validation.length]);

describe("the folds of a split by time", () => {
  it("train from a first part of the same size on where rows lie evenly in time", () => {
    expect(sizes(splitByTime(times(1200, 1), { holdoutFrom, folds: 3 }, 0))).toEqual([
      [300, 300],
      [600, 300],
      [900, 300],
    ]);
  });

  it("train from half of the rows on where rows grow denser", () => {
    expect(sizes(splitByTime(times(1200, 1.002), { holdoutFrom, folds: 3 }, 0))).toEqual([
      [600, 200],
      [800, 200],
      [1000, 200],
    ]);
  });

  it("lie as the spec says", () => {
    const folds = { count: 2, firstShare: 0.4, window: "sliding" as const };
    const split = splitByTime(times(1000, 1), { holdoutFrom, folds }, 0);
    expect(sizes(split)).toEqual([
      [400, 300],
      [400, 300],
    ]);
    expect([split.folds[1].train[0], split.folds[1].validation[0]]).toEqual([300, 700]);
  });

  it("have a validation part each where many rows share few times", () => {
    const yearly = Float64Array.from({ length: 1000 }, (_, row) => start + 100 * dayMs * Math.floor(row / 220));
    const split = splitByTime(yearly, { holdoutFrom, folds: 3 }, 0);
    expect(sizes(split)).toEqual([
      [220, 220],
      [440, 220],
      [660, 340],
    ]);
  });

  it("never train on a row whose label is not known when the validation rows begin", () => {
    const settings = fc.record({
      rows: fc.integer({ min: 20, max: 400 }),
      growth: fc.constantFrom(1, 1.001, 1.004),
      count: fc.integer({ min: 1, max: 6 }),
      gapDays: fc.integer({ min: 0, max: 30 }),
      window: fc.constantFrom("expanding" as const, "sliding" as const),
    });
    fc.assert(
      fc.property(settings, ({ rows, growth, count, gapDays, window }) => {
        const at = times(rows, growth);
        const split = splitByTime(at, { holdoutFrom, folds: { count, window } }, gapDays * dayMs);
        for (const { train, validation } of split.folds) {
          expect(validation.length).toBeGreaterThan(0);
          for (const row of train) expect(at[row] + gapDays * dayMs).toBeLessThanOrEqual(at[validation[0]]);
        }
      }),
    );
  });
});
