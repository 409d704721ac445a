import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entitiesKept, mergeRuns, RunCounter } from "../../../../shared/capture/counting/entityRuns";
import { firstByHash, NameCounter } from "../../../../shared/capture/counting/nameSample";
import { CopyCounter, mergeCopies, type RowCopies, repeatedRows } from "../../../../shared/capture/counting/rowCopies";

const names = fc.array(fc.string({ maxLength: 3 }), { maxLength: 60 });

describe("a sample of names", () => {
  it("counts those that it keeps exactly, and keeps the same in whatever parts they come", () => {
    fc.assert(
      fc.property(names, (all) => {
        const counter = new NameCounter(5);
        for (const name of all) counter.add(name);
        const counts = new Map<string, number>();
        for (const name of all) counts.set(name, (counts.get(name) ?? 0) + 1);
        const found = counter.total();
        expect(Object.keys(found).length).toBe(Math.min(5, counts.size));
        expect(new Map(Object.entries(found))).toEqual(
          new Map(Object.entries(firstByHash(Object.fromEntries(counts), 5))),
        );
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});

describe("runs of more entities than are followed", () => {
  it("are those of the same entities in whatever parts they come", () => {
    const columns = 1024; // eight entities
    expect(entitiesKept(columns)).toBe(8);
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 1 })), { maxLength: 40 });
    const counted = (part: [number, number][]) => {
      const counter = new RunCounter(columns);
      for (const [entity, value] of part)
        counter.add(0, Float64Array.of(value), Int32Array.of(counter.slotOf(`e${entity}`)), 1);
      return counter.total();
    };
    const firsts = (runs: ReturnType<typeof counted>) =>
      new Map(Object.entries(runs).map(([name, [first]]) => [name, first]));
    fc.assert(
      fc.property(rows, rows, rows, (a, b, c) => {
        const [x, y, z] = [a, b, c].map(counted);
        const whole = firsts(counted([...a, ...b, ...c]));
        expect(firsts(mergeRuns(mergeRuns(x, y, columns), z, columns))).toEqual(whole);
        expect(firsts(mergeRuns(x, mergeRuns(y, z, columns), columns))).toEqual(whole);
      }),
      { numRuns: 60, seed: 2 },
    );
  });
});

describe("rows that come again", () => {
  const sampleOf = (hashes: number[], request: number): RowCopies => {
    const counter = new CopyCounter();
    const high = Int32Array.from(hashes, (hash) => Math.imul(hash, 0x9e3779b1));
    counter.add(high, new Int32Array(hashes.length), new Int32Array(hashes.length).fill(request), hashes.length);
    return counter.sample();
  };
  const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

  it("are counted exactly while they are few, each request once", () => {
    const [first, second] = [sampleOf([1, 2, 3, 3], 1), sampleOf([3, 4], 2)];
    expect(repeatedRows(first, 4)).toBe(0);
    expect(repeatedRows(mergeCopies(first, second), 6)).toBe(1);
    expect(mergeCopies(second, first)).toEqual(mergeCopies(first, second));
  });

  it("are estimated where they are many, from a sample that does not depend on the parts", () => {
    const all = upTo(20_000);
    const again = all.filter((hash) => hash % 4 === 0);
    const merged = mergeCopies(sampleOf(all, 1), sampleOf(again, 2));
    expect(merged).toEqual(mergeCopies(sampleOf(again, 2), sampleOf(all, 1)));
    expect(merged.hashes.length).toBe(512);
    expect(repeatedRows(merged, 25_000)).toBeGreaterThan(3500);
    expect(repeatedRows(merged, 25_000)).toBeLessThan(6500);
  });
});
