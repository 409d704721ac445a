import type { AlertSeverity } from "../../alerts/alert";
import type { Confirm } from "../../alerts/confirmation";
import { telemetryEvents, telemetryMetrics } from "../../telemetryNames";
import { hourMs, startOfHour } from "../../time";
import type { Finding } from "../finding";
import { findingAlert } from "../findingAlerts";
import type { Verdict } from "../verdict";
import type { TimeRange } from "../windowProfile";
import type { Evaluation, SignalReport, Watched } from "./signal";
import type { SignalDetails } from "./signalDetails";

/** What a signal judged in a window, before it is told. */
export interface Judged {
  signal: string;
  /** of its alert */
  rule: string;
  severity: AlertSeverity;
  confirm?: Confirm;
  version: number;
  window: TimeRange;
  targetRows: number;
  verdict: Verdict;
  reason?: string;
  sentence: string;
  findings: Finding[];
  details: SignalDetails;
}

/** The evaluation of what was judged: with an alert while something drifts, and with its telemetry. */
export function evaluated(judged: Judged): Evaluation {
  const { rule, severity, confirm, version, window, targetRows, verdict, reason, sentence, findings, details } = judged;
  const [start, end] = [window.from.toISOString(), window.to.toISOString()];
  const about = { version, windowStart: start, windowEnd: end, targetRows };
  const alert = { rule, severity, summary: sentence, ...(confirm && { confirm, window: { start, end } }), about };
  const isJudged = verdict === "drift" || verdict === "ok";
  return {
    verdict,
    ...(reason !== undefined && { reason }),
    windowStart: window.from,
    targetRows,
    sentence,
    findings,
    details,
    alerts: isJudged ? [findingAlert(findings, alert)] : [],
    report: reportOf(judged),
  };
}

/** The evaluation where nothing can be judged, with what is missing. */
export function notJudged(
  judged: Omit<Judged, "verdict" | "sentence" | "findings" | "reason"> & { reason: string; what: string },
): Evaluation {
  const { what, reason, ...common } = judged;
  const sentence = `${what} cannot be judged: ${reason}.`;
  return evaluated({ ...common, reason, verdict: "insufficient_data", sentence, findings: [] });
}

/** drift where any finding drifted, else ok where any was judged, else insufficient_data with the first reason. */
export function verdictOver(findings: readonly Finding[]): { verdict: Verdict; reason?: string } {
  const has = (verdict: Verdict) => findings.some((one) => one.verdict === verdict);
  if (has("drift")) return { verdict: "drift" };
  if (has("ok")) return { verdict: "ok" };
  return { verdict: "insufficient_data", reason: findings[0]?.reason ?? "there is nothing to judge" };
}

function reportOf({ signal, targetRows, findings }: Judged): SignalReport {
  return {
    event: telemetryEvents.signalChecked,
    measurements: { targetRows, drifted: findings.filter(({ verdict }) => verdict === "drift").length },
    metrics: findings.flatMap(({ subject, statistic, value }) =>
      value === null || !Number.isFinite(value)
        ? []
        : [{ name: telemetryMetrics.signalValue, value, attributes: { signal, subject, statistic } }],
    ),
  };
}

/** A window of whole hours that ends with the evaluation, or so many hours before it. */
export function hoursBefore({ at, windowStart }: Watched<unknown>, hours: number, endsBefore = 0): TimeRange {
  const whole = (instant: Date) => new Date(startOfHour(instant.getTime() - endsBefore * hourMs));
  return { from: whole(windowStart(hours)), to: whole(at) };
}

/** A length of time for people: "14 days", "36 hours". */
export function spanText(hours: number): string {
  const [count, unit] = hours % 24 === 0 && hours >= 48 ? [hours / 24, "day"] : [hours, "hour"];
  return `${count} ${count === 1 ? unit : `${unit}s`}`;
}
