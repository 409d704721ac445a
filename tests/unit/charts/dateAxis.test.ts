import { describe, expect, it } from "vitest";
import { dateTicks } from "../../../shared/charts/dateTicks";
import { lineChart } from "../../../shared/charts/lineChart";

const texts = (from: string, to: string, most: number) =>
  dateTicks(Date.parse(from), Date.parse(to), most).map(({ text }) => text);

describe("an axis of dates", () => {
  it("names days of a short range and months of a long one, at most as many as asked", () => {
    expect(texts("2013-07-01T00:00:00Z", "2013-07-04T00:00:00Z", 9)).toEqual(["07-01", "07-02", "07-03", "07-04"]);
    for (const to of ["2013-07-21T00:00:00Z", "2013-07-29T00:00:00Z", "2013-10-01T00:00:00Z"])
      expect(texts("2013-07-01T00:00:00Z", to, 7).length).toBeLessThanOrEqual(8);
    expect(texts("2013-01-15T00:00:00Z", "2013-12-31T00:00:00Z", 9)[0]).toBe("2013-03");
  });

  it("places points at their instants between the ends of the axis", () => {
    const [fromMs, toMs] = [Date.parse("2013-07-01T00:00:00Z"), Date.parse("2013-07-03T00:00:00Z")];
    const svg = lineChart({
      ...{ title: "t", description: "d", xLabel: "x", yLabel: "y", widthPx: 280, yLow: 0, yHigh: 1 },
      xDates: { fromMs, toMs },
      lines: [{ label: "one", x: [fromMs, toMs], y: [0, 1] }],
    });
    // from 64 to 264 px
    expect(svg).toContain('d="M64 228L264 40"');
    expect(svg).toContain(">07-02</text>");
  });
});

describe("a line with its uncertainty", () => {
  it("is shaded from limit to limit, with a gap where either is missing, and the axis holds the limits", () => {
    const svg = lineChart({
      ...{ title: "t", description: "d", xLabel: "x", yLabel: "y", widthPx: 280 },
      lines: [
        {
          label: "one",
          x: [0, 1, 2, 3],
          y: [1, 1, 1, 1],
          band: { low: [0, 0, Number.NaN, 0], high: [4, 4, 4, 4] },
        },
      ],
    });
    const [, shade] = svg.match(/<path d="([^"]+)" fill="[^"]+" fill-opacity=".16"/) ?? [];
    expect(shade.split("M").slice(1)).toHaveLength(2);
    expect(shade.startsWith("M64 40L")).toBe(true);
    expect(shade).not.toContain("NaN");
  });
});
