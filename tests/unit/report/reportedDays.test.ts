import { describe, expect, it } from "vitest";
import type { MonitorOutline, MonitorResult } from "../../../shared/monitoring/monitorStore";
import { featureDays } from "../../../shared/report/featureDays";
import { metricSeries } from "../../../shared/report/metricSeries";
import { dayColumns, gravestOfDays } from "../../../shared/report/reportedDays";
import { reportedSignals } from "../../../shared/report/reportedSignals";
import { finding, result } from "./reportSamples";

const range = (from: string, to: string) => ({ from: new Date(from), to: new Date(to) });
const week = dayColumns(range("2013-07-01T00:00:00Z", "2013-07-08T00:00:00Z"));
const outline = ({ findings, details, ...rest }: MonitorResult): MonitorOutline => ({
  ...rest,
  documents: async () => ({ findings, details }),
});
const judged = (at: string, verdict: MonitorResult["verdict"]) => result({ at: `2013-07-0${at}:05:00.000Z`, verdict });

describe("the columns of a range", () => {
  it("are days of a month, and several days each of a longer range", () => {
    expect(week.days).toHaveLength(7);
    expect(week.columnOf("2013-07-07T23:59:59.000Z")).toBe(6);
    const quarter = dayColumns(range("2013-07-01T12:00:00Z", "2013-10-01T00:00:00Z"));
    expect(quarter.days.slice(0, 2)).toEqual(["2013-07-01", "2013-07-04"]);
    expect(quarter.columnOf("2013-09-30T23:00:00.000Z")).toBe(quarter.days.length - 1);
  });
});

describe("the results that are read", () => {
  it("are of each day the gravest, and of those the newest", () => {
    const day = [judged("1T09", "drift"), judged("1T10", "drift"), judged("1T11", "ok"), judged("2T01", "ok")];
    expect(gravestOfDays(day.map(outline), week).map(({ at }) => at.slice(0, 13))).toEqual([
      "2013-07-01T10",
      "2013-07-02T01",
    ]);
  });
});

describe("a signal of the report", () => {
  const told = (results: MonitorResult[]) => reportedSignals(results.toReversed().map(outline), results)[0];

  it("drifts since the first of its newest drifted windows; those without a verdict end nothing", () => {
    const since = told([
      judged("1T09", "drift"),
      judged("2T09", "ok"),
      judged("3T09", "drift"),
      judged("4T09", "insufficient_data"),
      judged("5T09", "drift"),
    ]);
    expect(since).toMatchObject({
      since: "2013-07-03T09:05:00.000Z",
      counts: { drift: 3, ok: 1, insufficient_data: 1 },
    });
    expect(since).not.toHaveProperty("isOlder");
  });

  it("says where its drift began before the range, and has no beginning where it is fine now", () => {
    expect(told([judged("1T09", "drift"), judged("2T09", "drift")])).toMatchObject({
      since: "2013-07-01T09:05:00.000Z",
      isOlder: true,
    });
    expect(told([judged("1T09", "drift"), judged("2T09", "ok")])).not.toHaveProperty("since");
  });

  it("has the settings that were in effect", () => {
    expect(told([judged("1T09", "ok")]).settings).toEqual({ windowHours: 24 });
  });
});

describe("features by day", () => {
  it("come in the order of their drifted days, then of how far they went", () => {
    const of = (day: number, ...findings: MonitorResult["findings"]) =>
      result({ at: `2013-07-0${day}T09:05:00.000Z`, findings });
    const map = featureDays(
      [
        of(
          1,
          finding({ subject: "a", verdict: "ok", value: 0.1 }),
          finding({ subject: "b", verdict: "ok", value: 0.19 }),
          finding({ subject: "c" }),
        ),
        of(
          3,
          finding({ subject: "a", verdict: "ok", value: null }),
          finding({ subject: "d", threshold: null, verdict: "ok" }),
        ),
      ],
      week,
    );
    expect(map.features.map(({ name }) => name)).toEqual(["c", "b", "a", "d"]);
    expect(map.features[2].cells.map((cell) => cell?.value)).toEqual([
      0.1,
      undefined,
      null,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("metrics over time", () => {
  it("join what was measured and what was estimated; slices and unknown values are left out", () => {
    const metric = (change: object) => finding({ subject: "all", statistic: "accuracy", verdict: "ok", ...change });
    const series = metricSeries([
      result({ signal: "performance", findings: [metric({ value: 0.9 }), metric({ statistic: "f1", value: null })] }),
      result({ signal: "estimated-performance", findings: [metric({ value: 0.8 }), metric({ subject: "site=a" })] }),
      result({ signal: "bias", findings: [metric({ value: 0.1 })] }),
    ]);
    expect(series).toEqual([
      {
        metric: "accuracy",
        measured: [{ at: "2013-07-02T09:05:00.000Z", value: 0.9, interval: [0.3, 0.5], threshold: 0.2 }],
        estimated: [{ at: "2013-07-02T09:05:00.000Z", value: 0.8, interval: [0.3, 0.5], threshold: 0.2 }],
      },
    ]);
  });
});
