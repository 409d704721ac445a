import { describe, expect, it } from "vitest";
import { axis } from "../../../shared/charts/axis";
import { barChart } from "../../../shared/charts/barChart";
import { escapeText } from "../../../shared/charts/escapeText";
import { intervalChart } from "../../../shared/charts/intervalChart";
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
    expect(svg).toContain('<rect x="250" y="44" width="160" height="16" fill="var(--series0,#0072b2)">');
    expect(svg).toContain('<rect x="170" y="68" width="80" height="16" fill="var(--series1,#d55e00)">');
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

describe("every chart", () => {
  const long = "Brier score of this version minus the other's, 95 % interval; below 0 this version is better";

  it("shows a long axis label whole, in lines that lie inside the picture", () => {
    const interval = { label: "majority", value: -0.01, low: -0.02, high: 0 };
    for (const svg of [
      barChart({ title: "Bars", valueLabel: long, bars: [{ label: "a", value: 1 }] }),
      intervalChart({ title: "Intervals", valueLabel: long, intervals: [interval] }),
      lineChart({ title: "Lines", description: "d", xLabel: long, yLabel: "y", lines: [] }),
    ]) {
      const [, width, height] = svg.match(/viewBox="0 0 (\d+) (\d+)"/)!.map(Number);
      const labels = [...svg.matchAll(/<text class="label" x="(\d+)" y="(\d+)"[^>]*>([^<]*)</g)];
      const lines = labels.map(([, , , text]) => text.replaceAll("&#39;", "'"));
      expect(lines.join(" ")).toBe(long);
      for (const [i, [, x, y]] of labels.entries()) {
        // 6 px a letter at 12 px is wider than system fonts draw such text on average
        expect(Number(x) - lines[i].length * 3).toBeGreaterThanOrEqual(0);
        expect(Number(x) + lines[i].length * 3).toBeLessThanOrEqual(width);
        expect(Number(y)).toBeLessThan(height);
      }
    }
  });

  it("takes the colours of the page it stands on, so that it is dark on a dark one", () => {
    const svg = barChart({ title: "Bars", valueLabel: "x", bars: [{ label: "a", value: 1 }] });
    expect(svg).toContain(".paper{fill:var(--card,#fff)}");
    expect(svg).not.toMatch(/fill="#/);
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
