import type { Finding } from "../../../shared/monitoring/finding";
import type { MonitorResult } from "../../../shared/monitoring/monitorStore";
import { featureDays } from "../../../shared/report/featureDays";
import { headline } from "../../../shared/report/headline";
import type { MonitoringReport, ReportedSignal } from "../../../shared/report/monitoringReport";
import { dayColumns } from "../../../shared/report/reportedDays";

export function finding(change: Partial<Finding> = {}): Finding {
  return {
    subject: "pressure",
    statistic: "wasserstein-1 / deviation",
    value: 0.4,
    interval: [0.3, 0.5],
    threshold: 0.2,
    thresholdOrigin: "95 % quantile of 26 windows",
    verdict: "drift",
    targetRows: 120,
    baselineRows: 4000,
    ...change,
  };
}

export function result(change: Partial<MonitorResult> = {}): MonitorResult {
  return {
    model: "weather",
    version: 1,
    signal: "input-drift",
    at: "2013-07-02T09:05:00.000Z",
    verdict: "drift",
    windowStart: "2013-07-01T09:05:00.000Z",
    windowEnd: "2013-07-02T09:05:00.000Z",
    targetRows: 120,
    sentence: "1 of 2 inputs moved.",
    findings: [finding()],
    details: { settings: { windowHours: 24 } },
    ...change,
  };
}

export function found(change: Partial<ReportedSignal> = {}): ReportedSignal {
  const { model: _model, details: _details, ...newest } = result();
  return { ...newest, counts: { drift: 3, ok: 1 }, settings: { windowHours: 24, baseline: "auto" }, ...change };
}

/** Of a model whose pressure drifted, which was trained again. */
export function report(): MonitoringReport {
  const columns = dayColumns({ from: new Date("2013-07-01T00:00:00Z"), to: new Date("2013-07-04T00:00:00Z") });
  const read = {
    model: "weather",
    title: "Rain",
    from: "2013-07-01T00:00:00.000Z",
    to: "2013-07-04T00:00:00.000Z",
    at: "2013-07-04T00:00:01.000Z",
    champion: 2,
    signals: [
      found({ since: "2013-07-02T09:05:00.000Z" }),
      found({ signal: "performance", verdict: "ok", sentence: "Accuracy is 0.9 (0.85 to 0.95)" }),
    ],
    unwatched: [{ signal: "bias", reason: "the use case switches it off" }],
    heatMap: featureDays([result(), result({ at: "2013-07-03T09:05:00.000Z" })], columns),
    features: [
      {
        name: "pressure",
        drifted: true,
        driftedBy: ["level", "missing"],
        windowStart: "2013-07-01T09:05:00.000Z",
        windowEnd: "2013-07-02T09:05:00.000Z",
        version: 1,
        importance: 0.3,
        shares: {
          before: [0.9, 0.1],
          now: [0.1, 0.9],
          scale: ["990", "1000", "1010"],
          scaleAt: "ends" as const,
          description: "pressure rose.",
        },
      },
    ],
    performance: [
      {
        metric: "accuracy",
        measured: [
          { at: "2013-07-02T09:05:00.000Z", value: 0.9, interval: [0.85, 0.95] as [number, number], threshold: 0.8 },
        ],
        estimated: [{ at: "2013-07-03T09:05:00.000Z", value: 0.88, threshold: null }],
      },
    ],
    alerts: [
      {
        ...{ id: "weather.20130702T090500000Z-input-drift", rule: "input-drift", severity: "warning" as const },
        ...{ status: "open" as const, summary: "pressure moved", raisedAt: "2013-07-02T09:05:00.000Z", occurrences: 3 },
        actions: [
          { kind: "retrain", at: "2013-07-02T09:05:00.000Z", outcome: "done", words: "started run w.1", runId: "w.1" },
        ],
      },
    ],
    runs: [
      {
        id: "w.1",
        trigger: "drift",
        status: "done",
        requestedAt: "2013-07-02T09:05:00.000Z",
        version: 2,
        promoted: true,
      },
    ],
    moves: [{ at: "2013-07-03T10:00:00.000Z", alias: "champion", from: 1, to: 2, actor: "training" }],
    versions: [{ version: 2, createdAt: "2013-07-03T09:00:00.000Z", notShownBetter: ["majority"] }],
  };
  return { ...read, headline: headline(read), notes: [] };
}
