import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binColumns } from "../../../../shared/learners/boosting/binnedColumns";
import { DrawnColumns } from "../../../../shared/learners/boosting/drawnColumns";
import { binStride } from "../../../../shared/learners/boosting/histogram";
import { gradientUnit, packDerivatives } from "../../../../shared/learners/boosting/packedDerivatives";
import { cutRange, partitionByBin } from "../../../../shared/learners/boosting/partitionByBin";
import { scanCuts } from "../../../../shared/learners/boosting/scanCuts";
import { TreeGrower } from "../../../../shared/learners/boosting/treeGrower";
import { RandomStream } from "../../../../shared/math/randomStream";
import { FloatSorter } from "../../../../shared/math/sortFloats";

const cell = fc.oneof(fc.float({ noNaN: true }), fc.constant(Number.NaN), fc.integer({ min: -2, max: 3 }));

function randomColumns(count: number, rows: number, seed: number): Float32Array[] {
  const random = new RandomStream(seed, 0);
  return Array.from({ length: count }, () =>
    new Float32Array(rows).map(() => (random.below(8) === 0 ? Number.NaN : random.below(300))),
  );
}

/** The bin of a row of a column. */
function binOf({ groups }: ReturnType<typeof binColumns>, column: number, row: number): number {
  return (groups[column >> 2][row] >>> (8 * (column & 3))) & 255;
}

describe("sorting floats", () => {
  it("gives the rows by value, equal ones in order, without the missing ones", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(cell, fc.constant(-0)), { maxLength: 300 }), (list) => {
        const values = Float32Array.from(list);
        const rows = [...values.keys()].filter((row) => !Number.isNaN(values[row]));
        rows.sort((a, b) => values[a] - values[b] || (values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : a - b));
        expect([...new FloatSorter(values.length).sort(values)]).toEqual(rows);
      }),
    );
  });
});

describe("bins packed in words", () => {
  it("keep order, ties and missing values of every column", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell, cell, cell), { minLength: 1, maxLength: 700 }), (list) => {
        const columns = [0, 1, 2, 3, 4].map((k) => Float32Array.from(list, (cells) => cells[k]));
        const bins = binColumns(columns, list.length);
        for (const [column, values] of columns.entries()) {
          const { lowest, highest } = bins.columns[column];
          expect(highest.length).toBeLessThanOrEqual(256);
          for (const [row, value] of values.entries()) {
            const bin = binOf(bins, column, row);
            expect(bin === 0).toBe(Number.isNaN(value));
            if (bin > 0) expect(lowest[bin] <= value && value <= highest[bin]).toBe(true);
          }
          for (let bin = 2; bin < highest.length; bin++) expect(highest[bin - 1]).toBeLessThan(lowest[bin]);
        }
      }),
    );
  });
});

describe("packed derivatives", () => {
  it("hold gradients and hessians without bias, their sums exact", () => {
    const random = new RandomStream(3, 0);
    const draw = () => random.next() / 2 ** 32;
    const rows = 50_000;
    const gradient = new Float32Array(rows).map(() => draw() - 0.7);
    const hessian = new Float32Array(rows).map(() => draw() ** 3);
    const packed = new Float64Array(rows);
    const scale = packDerivatives({ gradient, hessian, largestHessian: 1 }, 9, packed);
    let g = 0n;
    let h = 0;
    for (const both of packed) {
      const own = Math.floor(both / gradientUnit);
      g += BigInt(own);
      h += both - own * gradientUnit;
      expect(both - own * gradientUnit).toBeLessThanOrEqual(scale?.largestHessian ?? 0);
    }
    expect(g * BigInt(gradientUnit) + BigInt(h)).toBe(BigInt(scale?.sum ?? 0));
    expect(h).toBeLessThan(gradientUnit);
    const sums = [gradient, hessian].map((values) => values.reduce((sum, value) => sum + value, 0));
    expect(Number(g) / h / (sums[0] / sums[1])).toBeCloseTo((scaleOf(gradient) * 1) / (scale?.hessianScale ?? 0), 0);
    expect(h / (scale?.hessianScale ?? 0)).toBeCloseTo(sums[1], 0);
  });

  it("are not made when every gradient is 0", () => {
    const none = new Float32Array(3);
    expect(
      packDerivatives({ gradient: none, hessian: none, largestHessian: 1 }, 1, new Float64Array(3)),
    ).toBeUndefined();
  });
});

function scaleOf(gradient: Float32Array): number {
  return (gradientUnit - gradient.length - 1) / gradient.reduce((sum, value) => sum + Math.abs(value), 0);
}

describe("histograms", () => {
  it.each([1, 2, 3, 4, 5, 7, 8])(
    "are the sums of the rows' packed derivatives, of %i columns or some of them",
    (count) => {
      const bins = binColumns(randomColumns(count, 200, count), 200);
      const all = Array.from({ length: count }, (_, column) => column);
      for (const columns of [all, all.filter((column) => column % 3 !== 1)]) {
        for (const length of [1, 2, 77]) {
          const rows = Int32Array.from({ length }, (_, at) => (at * 13) % 200);
          const packed = Float64Array.from(rows, (row) => 1 + row);
          const histogram = bins.groups.map(() => new Float64Array(4 * binStride).fill(5));
          new DrawnColumns(bins, columns).fill(histogram, rows, packed);
          for (const column of columns) {
            const expected = new Float64Array(binStride);
            for (const [at, row] of rows.entries()) expected[binOf(bins, column, row)] += packed[at];
            const from = (column & 3) * binStride;
            expect(histogram[column >> 2].subarray(from, from + binStride)).toEqual(expected);
          }
        }
      }
    },
  );

  it("are given up for lack of room without changing the tree", () => {
    const bins = binColumns(randomColumns(6, 3000, 1), 3000);
    const random = new RandomStream(4, 0);
    const gradient = new Float32Array(3000).map(() => random.next() / 2 ** 32 - 0.5);
    const hessian = new Float32Array(3000).fill(1);
    const packed = new Float64Array(3000);
    const scale = packDerivatives({ gradient, hessian, largestHessian: 1 }, 1, packed);
    if (scale === undefined) throw new Error("no gradient");
    const settings = { maxLeaves: 60, maxDepth: 30, minLeafRows: 5, l2: 1 };
    const grow = (bytes?: number) =>
      new TreeGrower(bins, settings, bytes).grow(packed, scale, [0, 1, 2, 3, 4, 5], (rows) => rows.length);
    expect(grow(1)).toEqual(grow());
    expect(grow().feature).toHaveLength(119);
  });
});

describe("the scan of a histogram", () => {
  it("finds the cut that is best by all of them", () => {
    const bin = fc.record({ g: fc.integer({ min: -50, max: 50 }), h: fc.integer({ min: 0, max: 9 }) });
    fc.assert(
      fc.property(fc.array(bin, { minLength: 3, maxLength: 20 }), fc.integer({ min: 1, max: 9 }), (entries, least) => {
        const histogram = Float64Array.from(entries, ({ g, h }) => g * gradientUnit + h);
        const sum = (key: "g" | "h", from: number, to: number) =>
          entries.slice(from, to).reduce((total, entry) => total + entry[key], 0);
        const gradient = sum("g", 0, entries.length);
        const hessian = sum("h", 0, entries.length);
        const last = entries.length - 2;
        const node = { gradient, hessian, leastHessian: least, l2: 2 };
        for (const start of [0, 1] as const) {
          const best = { score: 0.5, column: -1, bin: 0, missingLeft: false, left: 0 };
          scanCuts(histogram, 0, start, start, last, node, 7, best);
          let wanted = 0.5;
          for (let cut = start; cut <= last; cut++) {
            const g = sum("g", start, cut + 1);
            const h = sum("h", start, cut + 1);
            if (h >= least && hessian - h >= least)
              wanted = Math.max(wanted, g ** 2 / (h + 2) + (gradient - g) ** 2 / (hessian - h + 2));
          }
          expect(best.score).toBeCloseTo(wanted, 9);
          expect(best.column).toBe(wanted > 0.5 ? 7 : -1);
        }
      }),
    );
  });

  it("leaves enough rows on both sides when they are counted", () => {
    const counts = Int32Array.of(4, 3, 0, 5, 2, 9);
    expect(cutRange(counts, 1, 3)).toEqual({ first: 1, last: 5 });
    expect(cutRange(counts, 1, 5)).toEqual({ first: 3, last: 4 });
    expect(cutRange(counts, 0, 5)).toEqual({ first: 1, last: 4 });
    expect(cutRange(counts, 0, 12)).toEqual({ first: 0, last: -1 });
  });
});

describe("the partition of a leaf's rows", () => {
  it("keeps every row on its side, missing values on either", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(255), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 0, max: 254 }),
        fc.constantFrom(0, 8, 16, 24),
        fc.boolean(),
        (list, cut, shift, missingLeft) => {
          const words = Int32Array.from(
            list,
            (bin, row) => (bin << shift) | ((0x5a5a5a5a * (row & 1)) & ~(255 << shift)),
          );
          const rows = Int32Array.from(list.keys());
          const target = new Int32Array(list.length + 2).fill(-1);
          const offset = missingLeft ? 0 : 1;
          const side = { words, shift, offset, bound: cut + 1 - offset };
          const shifted = Int32Array.of(-7, ...rows);
          const middle = partitionByBin(shifted, 1, rows.length + 1, side, target);
          const goesLeft = (row: number) => (list[row] === 0 ? missingLeft : list[row] <= cut);
          const left = [...target.subarray(1, middle)];
          const right = [...target.subarray(middle, rows.length + 1)];
          expect(left).toEqual([...rows].filter(goesLeft));
          expect(right.sort((a, b) => a - b)).toEqual([...rows].filter((row) => !goesLeft(row)));
          expect([target[0], target[rows.length + 1]]).toEqual([-1, -1]);
        },
      ),
    );
  });
});
