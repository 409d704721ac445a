import { describe, expect, it } from "vitest";
import { distributionChart } from "../../../shared/charts/distributionChart";

const common = {
  title: "pressure",
  description: "It rose.",
  beforeLabel: "at training",
  nowLabel: "2013-07-01 to 2013-07-08",
};

describe("a picture of two distributions", () => {
  it("draws shapes from the base to the shares' heights, the greatest at the full height", () => {
    const svg = distributionChart({
      ...common,
      before: [0.5, 0.25],
      now: [0, 0.5],
      scale: ["0", "5", "10"],
      scaleAt: "ends",
      widthPx: 228,
    });
    // the base is at y = 204, a share of one half at 54
    expect(svg).toContain('d="M14 204V54H114V129H214V204Z"');
    expect(svg).toContain('d="M14 204V204H114V54H214V204"');
  });

  it("draws few parts beside each other, each with its share", () => {
    const svg = distributionChart({
      ...common,
      before: [0.9, 0.1],
      now: [0.2, 0.8],
      scale: ["north", "a name too long for its place"],
      scaleAt: "middles",
      widthPx: 228,
    });
    expect([...svg.matchAll(/<rect[^>]*><title>([^<]*)/g)].map(([, tip]) => tip)).toEqual([
      "north then: 90 %",
      "north now: 20 %",
      "a name too long for its place then: 10 %",
      "a name too long for its place now: 80 %",
    ]);
    expect(svg).toContain("a name too lon…<title>a name too long for its place</title>");
  });

  it("is drawn of nothing at all, and lets no name become markup", () => {
    const svg = distributionChart({ ...common, title: "<b>", before: [], now: [], scale: [], scaleAt: "ends" });
    expect(svg).not.toContain("<b>");
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});
