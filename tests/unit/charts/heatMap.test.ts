import { describe, expect, it } from "vitest";
import { heatMap } from "../../../shared/charts/heatMap";

const days = Array.from({ length: 31 }, (_, i) => `07-${String(i + 1).padStart(2, "0")}`);
const chart = (rows: Parameters<typeof heatMap>[0]["rows"], columns: readonly string[] = days) =>
  heatMap({ title: "Inputs", description: "How far each was.", valueLabel: "the limit", columns, rows });

describe("a heat map", () => {
  it("draws a cell the stronger the nearer it is to its limit, and in another colour with a dot beyond it", () => {
    const svg = chart([
      {
        label: "a",
        cells: [
          { value: 0, isOver: false },
          { value: 1, isOver: false },
          { value: 1, isOver: true },
          { value: 3, isOver: true },
          { value: 9, isOver: true },
        ],
      },
    ]);
    const cells = [...svg.matchAll(/fill="var\(--series(\d)[^"]*" fill-opacity="([\d.]+)"><title>/g)];
    expect(cells.map(([, color, opacity]) => [Number(color), Number(opacity)])).toEqual([
      [0, 0.06],
      [0, 0.5],
      [1, 0.5],
      [1, 1],
      [1, 1],
    ]);
    expect(svg.match(/<circle class="dot" cx="[\d.]+" cy="45"/g)).toHaveLength(3);
  });

  it("tells each cell by its row, its column and its value, and leaves out what was not there", () => {
    const svg = chart([{ label: "a", cells: [null, { value: 0.5, isOver: false }, { value: null, isOver: false }] }]);
    expect([...svg.matchAll(/<rect[^>]*><title>([^<]*)/g)].map(([, tip]) => tip)).toEqual([
      "a, 07-02: 0.5 times the limit",
      "a, 07-03: not judged",
    ]);
  });

  it("keeps every cell and every column's name inside the picture, however many there are", () => {
    const svg = chart([{ label: "a", cells: days.map(() => ({ value: 1, isOver: false })) }]);
    const rights = [...svg.matchAll(/<rect x="([\d.]+)" y="37" width="([\d.]+)"/g)].map(
      ([, x, w]) => Number(x) + Number(w),
    );
    expect(rights).toHaveLength(31);
    expect(Math.max(...rights)).toBeLessThanOrEqual(460);
    const names = [...svg.matchAll(/<text class="tick" x="([\d.]+)" y="69">/g)].map(([, x]) => Number(x));
    expect(names.length).toBeGreaterThan(3);
    for (let i = 1; i < names.length; i++) expect(names[i] - names[i - 1]).toBeGreaterThan(36);
  });

  it("is drawn without rows or columns, and lets no text become markup", () => {
    expect(chart([], [])).toContain("</svg>");
    const svg = chart([{ label: "<img src=x>", cells: [{ value: 2, isOver: true }] }], ['"><b>']);
    expect(svg).not.toMatch(/<img|<b>/);
    expect(svg).toContain("&lt;img src=x&gt;");
  });
});
