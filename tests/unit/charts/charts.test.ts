import { describe, expect, it } from "vitest";
import { axis } from "../../../shared/charts/axis";
import { barChart } from "../../../shared/charts/barChart";
import { escapeText } from "../../../shared/charts/escapeText";
import { lineChart } from "../../../shared/charts/lineChart";

const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

describe("an axis", () => {
  it("puts ticks at round numbers around the data", () => {
    expect(axis(0.013, 0.094).ticks.map(({ text }) => text)).toEqual(["0", "0.02", "0.04", "0.06", "0.08", "0.10"]);
    expect(axis(-730, 1210)).toMatchObject({ low: -1000, high: 1500 });
  });

  it("widens a range without extent, and answers one without numbers", () => {
    expect(axis(4, 4)).toMatchObject({ low: 2, high: 6 });
    expect(axis(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)).toMatchObject({ low: 0, high: 1 });
  });
});

describe("a bar chart", () => {
  const svg = barChart({
    widthPx: 640,
    title: "Importance of <b>",
    valueLabel: "loss in AUC",
    bars: [
      { label: 'a "quoted" & long name that does not fit', value: 2, low: 1, high: 4 },
      { label: "below", value: -1 },
      { label: "missing", value: Number.NaN },
    ],
  });

  it("draws bars from zero to their values", () => {
    // the axis runs from -1 to 4 over x = 170 to 570: 80 px a unit, zero at 250
    expect(svg).toContain('<rect x="250" y="44" width="160" height="16" fill="#0072b2">');
    expect(svg).toContain('<rect x="170" y="68" width="80" height="16" fill="#d55e00">');
    expect(svg).toContain('<line class="whisker" x1="330" x2="570"');
  });

  it("names itself for readers who do not see it, and says a missing value in words", () => {
    expect(svg).toMatch(/role="img" aria-labelledby="(t\w+) (d\w+)".*<title id="\1">.*<desc id="\2">/s);
    expect(texts(svg)).toEqual(expect.arrayContaining(["loss in AUC", "no value", "-1", "4"]));
  });

  it("lets no text become markup", () => {
    expect(svg).not.toContain("<b>");
    expect(svg).toContain("Importance of &lt;b&gt;");
    expect(escapeText("\u0001'")).toBe("\ufffd&#39;");
  });
});

describe("a line chart", () => {
  const line = (label: string, y: number[], extra = {}) => ({ label, x: [0, 5, 10], y, ...extra });
  const common = { title: "Curve", description: "rises", xLabel: "wind, m/s", yLabel: "probability" };

  it("maps points to the plot and leaves a gap at a missing value", () => {
    const svg = lineChart({ ...common, lines: [line("one", [0, Number.NaN, 1])] });
    expect(svg).toContain('d="M64 228M404 40"');
    expect(texts(svg)).toEqual(expect.arrayContaining(["wind, m/s", "probability", "0.2", "10"]));
  });

  it("puts faint curves behind and only the others in the legend", () => {
    const svg = lineChart({
      ...common,
      lines: [line("mean", [0, 1, 2]), line("rows", [2, 1, 0], { faint: true }), line("b", [1, 1, 1])],
    });
    expect(svg.indexOf('class="faint"')).toBeLessThan(svg.indexOf("<title>mean</title>"));
    expect(texts(svg)).toEqual(expect.arrayContaining(["mean", "b"]));
    expect(texts(svg)).not.toContain("rows");
  });

  it("takes names on the x axis", () => {
    const svg = lineChart({ ...common, xNames: ["dry", "wet"], lines: [{ label: "p", x: [0, 1], y: [0.1, 0.4] }] });
    expect(texts(svg)).toEqual(expect.arrayContaining(["dry", "wet"]));
  });

  it("holds its style to itself", () => {
    const svg = lineChart({ ...common, lines: [] });
    const rules = svg
      .match(/<style>(.*)<\/style>/)![1]
      .split("}")
      .filter(Boolean);
    expect(rules.every((rule) => /^\.c[0-9a-f]{12} /.test(rule))).toBe(true);
  });
});
