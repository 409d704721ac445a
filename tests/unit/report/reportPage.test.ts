import { describe, expect, it } from "vitest";
import { featureDays } from "../../../shared/report/featureDays";
import { headline } from "../../../shared/report/headline";
import type { MonitoringReport } from "../../../shared/report/monitoringReport";
import { dayColumns } from "../../../shared/report/reportedDays";
import { reportPage } from "../../../shared/report/reportPage";
import { finding, found, report, result } from "./reportSamples";

/** What a reader sees, without markup. */
const textOf = (html: string) =>
  html
    .replace(/<style>.*?<\/style>/gs, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");

/** Tags that are closed in the wrong order or not at all. */
function unclosedTags(html: string): string[] {
  const open: string[] = [];
  for (const [, closing, name, selfClosing] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
    if (["meta", "link"].includes(name) || selfClosing) continue;
    if (!closing) open.push(name);
    else if (open.pop() !== name) return [`</${name}>`];
  }
  return open;
}

const page = (one: MonitoringReport) => reportPage(one, {});

describe("the page of a monitoring report", () => {
  it("is well formed, loads nothing, and tells first what a person wants to know", () => {
    const html = page(report());
    expect(unclosedTags(html)).toEqual([]);
    expect(html).not.toMatch(/<script|<img|src=|https?:(?!\/\/www\.w3\.org)/);
    const text = textOf(html);
    expect(text.indexOf("1 of 2 signals found a change")).toBeLessThan(text.indexOf("Verdicts"));
    for (const told of [
      "since 2013-07-02 09:05 UTC",
      "retrain, done on 2013-07-02 09:05 UTC: started run w.1",
      "95 % quantile of 26 windows",
      "It drifted by its level, missing values.",
    ])
      expect(text).toContain(told);
  });

  it("of 300 inputs shows twenty, folds the rest, and stays below a megabyte", () => {
    const names = Array.from({ length: 300 }, (_, i) => `sensor ${i}`);
    const many = names.map((subject, i) => finding({ subject, value: i / 100, verdict: i > 100 ? "drift" : "ok" }));
    const columns = dayColumns({ from: new Date("2013-07-01T00:00:00Z"), to: new Date("2013-08-01T00:00:00Z") });
    const days = columns.days.map((day) => result({ at: `${day}T09:05:00.000Z`, findings: many }));
    const base = report();
    const signals = Array.from({ length: 12 }, (_, i) => ({
      ...base.signals[0],
      signal: `signal-${i}`,
      findings: many,
    }));
    const html = page({ ...base, signals, heatMap: featureDays(days, columns) });
    expect(html).toContain("<summary>280 more inputs</summary>");
    expect(html).toContain("<summary>100 more findings</summary>");
    expect(html).toContain("180 more findings are in the JSON of this report.");
    expect(Buffer.byteLength(html)).toBeLessThan(1_000_000);
    expect(unclosedTags(html)).toEqual([]);
  });

  it("of an empty range says so in every section", () => {
    const base = report();
    const none = {
      signals: [],
      features: [],
      performance: [],
      alerts: [],
      runs: [],
      moves: [],
      versions: [],
      unwatched: [],
    };
    const empty = { ...base, ...none, heatMap: { days: base.heatMap.days, features: [] } };
    const html = page({ ...empty, headline: headline(empty) });
    expect(unclosedTags(html)).toEqual([]);
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
    expect(textOf(html)).toContain("Nothing was judged between 2013-07-01 00:00 UTC and 2013-07-04 00:00 UTC.");
    for (const told of ["no signal was evaluated in this range", "there was no alert in this range"])
      expect(html).toContain(told);
  });

  it("lets nothing that others wrote become markup", () => {
    const evil = '</title><script>alert("x")</script><img src=x onerror=y>';
    const base = report();
    const html = page({
      ...base,
      model: evil,
      title: evil,
      headline: [evil, evil],
      signals: base.signals.map((one) => ({
        ...one,
        sentence: evil,
        reason: evil,
        settings: { [evil]: evil },
        findings: [finding({ subject: evil, statistic: evil, thresholdOrigin: evil, reason: evil })],
      })),
      unwatched: [{ signal: evil, reason: evil }],
      heatMap: { ...base.heatMap, features: [{ ...base.heatMap.features[0], name: evil }] },
      features: base.features.map((one) => ({ ...one, name: evil })),
      performance: base.performance.map((one) => ({ ...one, metric: evil })),
      alerts: base.alerts.map((one) => ({ ...one, rule: evil, summary: evil, closedBy: evil, closeReason: evil })),
      runs: base.runs.map((one) => ({ ...one, id: evil, trigger: evil, status: evil, message: evil })),
      moves: base.moves.map((one) => ({ ...one, actor: evil, reason: evil })),
      notes: [evil],
    });
    expect(html).not.toMatch(/<script|<img/);
    expect(unclosedTags(html)).toEqual([]);
  });

  it("carries the key of its reader in its links, and has none as a file", () => {
    expect(reportPage(report(), { key: "a&b" })).toContain('href="../weather?code=a%26b"');
    expect(reportPage(report(), "file")).not.toContain("<a ");
  });
});

describe("the headline", () => {
  it("says that all is well, and that nothing had to be done", () => {
    const base = report();
    const calm = {
      ...base,
      signals: [found({ verdict: "ok", signal: "input-drift", sentence: "None differs" })],
      alerts: [],
      runs: [],
      moves: [],
    };
    expect(headline(calm)).toEqual([
      "All 1 signal that could judge the newest window found it in order.",
      "How well it predicts now is neither measured nor estimated.",
      "There was no alert.",
      "What was done: nothing was trained; the champion stayed.",
    ]);
  });

  it("says what changed since when, what that did to quality, and what was done", () => {
    expect(headline(report())).toEqual([
      "1 of 2 signals found a change in the newest window: input drift. The first of them has lasted since 2013-07-02 09:05 UTC (input drift).",
      "Accuracy is 0.9 (0.85 to 0.95).",
      "There was one alert; one is still open (input-drift).",
      "What was done: 1 training run started; version 2 became champion on 2013-07-03 10:00 UTC.",
    ]);
  });

  it("says that nothing is watched where there is no champion", () => {
    expect(headline({ ...report(), champion: undefined })[0]).toBe(
      "No version serves as champion, so nothing is watched.",
    );
  });
});
