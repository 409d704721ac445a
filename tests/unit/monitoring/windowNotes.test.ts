import { describe, expect, it } from "vitest";
import { describeDrift } from "../../../shared/monitoring/describeDrift";
import { seasonNote, tooFewRows } from "../../../shared/monitoring/windowNotes";
import { driftSettings } from "./driftSettings";

describe("what a result says of the season", () => {
  const halfYear = { from: "2013-01-01T06:00:00Z", to: "2013-06-30T23:00:00Z" };
  const year = { from: "2015-01-01T00:00:00Z", to: "2015-12-31T00:00:00Z" };
  const days = (to: string, count = 3) => ({
    from: new Date(Date.parse(to) - count * 86_400_000),
    to: new Date(to),
  });

  it("is that the baseline covers other seasons too", () => {
    expect(seasonNote(halfYear, days("2016-03-01T00:00:00Z"))).toBe(
      "the training rows cover 2013-01-01 to 2013-06-30: more seasons than this window of 3 days, so a difference may be seasonal",
    );
    expect(seasonNote(year, days("2016-03-01T00:00:00Z", 1))).toContain(
      "all seasons, while this window of 1 day falls in one",
    );
  });

  it("is that the baseline does not cover the window's season", () => {
    for (const to of ["2013-10-01T00:00:00Z", "2026-10-01T00:00:00Z"])
      expect(seasonNote(halfYear, days(to))).toContain("a different season from this window");
    // four weeks around count as the same season, over the turn of the year too
    for (const to of ["2015-12-20T00:00:00Z", "2012-12-20T00:00:00Z", "2014-07-20T00:00:00Z"])
      expect(seasonNote(halfYear, days(to))).toContain("more seasons");
  });
});

describe("a window with too few rows", () => {
  it("says how many there are, and what would be enough", () => {
    expect(tooFewRows(24, 168, driftSettings)).toBe(
      "24 rows were captured in the last 168 hours; 100 are needed (monitors.drift.minRows): at this rate set monitors.drift.maxWindowHours to 720 or more, or minRows to 24 or less",
    );
    expect(tooFewRows(0, 168, driftSettings)).toBe(
      "no row was captured in the last 168 hours; 100 are needed (monitors.drift.minRows)",
    );
  });
});

describe("an alert's summary", () => {
  const feature = {
    statistic: "wasserstein1/sigma",
    verdict: "drift",
    thresholdOrigin: "no drift",
    baselineRows: 1000,
    targetRows: 200,
    baselineEffectiveRows: 1000,
    targetEffectiveRows: 200,
    baselineMissingShare: 0.0015,
    targetMissingShare: 1,
    missingThreshold: 0.05,
  } as const;

  it("says in words what moved", () => {
    expect(
      describeDrift([
        {
          ...feature,
          feature: "Temperature",
          value: 4.5,
          threshold: 0.41,
          baselineMean: 10.2,
          targetMean: 55,
          drifted: ["distribution"],
        },
        { ...feature, feature: "Pressure", value: null, threshold: null, drifted: ["missing"] },
        {
          ...feature,
          feature: "Sky",
          value: 0.5,
          threshold: 0.1,
          unseenShare: 0.25,
          drifted: ["distribution", "unseen"],
        },
      ]),
    ).toBe(
      "Temperature (mean 55, 10.2 in training: distance 4.5, at most 0.41 without drift), Pressure (missing in 100 % of the rows, 0.15 % in training), " +
        "Sky (its values have other shares: distance 0.5, at most 0.1 without drift; 25 % of the values were never seen in training)",
    );
  });

  it("names ten features and counts the rest", () => {
    const many = Array.from({ length: 12 }, (_, i) => ({
      ...feature,
      feature: `f${i}`,
      value: 1,
      threshold: 0.1,
      drifted: ["distribution" as const],
    }));
    expect(describeDrift(many)).toMatch(/f9 \([^)]*\) and 2 more$/);
  });
});
