import type { Alert } from "../../shared/alerts/alert";
import { dayMs } from "../../shared/time";
import type { InjectedFault } from "./faults";
import type { Answer, JudgedPrediction, Replayed } from "./replay";

/** How a fault was found: by which alert, and how long after it began. */
export interface FoundFault {
  fault: string;
  from: string;
  to: string;
  /** absent where no alert came while it lasted, nor within a week after it */
  foundBy?: { rule: string; at: string; delayHours: number; summary: string };
}

export interface Performance {
  rows: number;
  accuracy?: number;
  mcc?: number;
  brier?: number;
  meanAbsoluteError?: number;
}

export interface MonthPerformance {
  month: string;
  champion: Performance;
  /** of the first champion, had nothing been trained again */
  first: Performance;
}

export interface Judged {
  faults: FoundFault[];
  /** alerts that people would be called for while nothing was wrong */
  falseAlarms: { rule: string; at: string; summary: string }[];
  falseAlarmsAYear: number;
  /** alerts of severity info outside of faults: kept, but nobody is called */
  notices: number;
  months: MonthPerformance[];
  overall: { champion: Performance; first: Performance };
}

/** An alert may still be about a fault that ended so long before: its window reaches back. */
const graceMs = 7 * dayMs;

/** rules that tell of the service or of what an action did, not of data */
const otherRules = new Set(["delivery-failed", "sweep-failed", "schedule-failed", "reconcile-failed"]);

/** What the alerts of a replay were worth, given what was really wrong. */
export function judgeReplay(
  { alerts, predictions }: Replayed,
  faults: readonly InjectedFault[],
  range: { fromMs: number; toMs: number },
  positive?: string,
): Judged {
  const told = alerts.filter(({ status, rule }) => status !== "pending" && !otherRules.has(rule));
  const openedMs = ({ openedAt, raisedAt }: Alert) => Date.parse(openedAt ?? raisedAt);
  const sorted = told.toSorted((a, b) => openedMs(a) - openedMs(b));
  const inFault = (alert: Alert) =>
    faults.some(({ fromMs, toMs }) => openedMs(alert) >= fromMs && openedMs(alert) < toMs + graceMs);
  const outside = sorted.filter((alert) => openedMs(alert) >= range.fromMs && !inFault(alert));
  const alarms = outside.filter(({ severity }) => severity !== "info");
  const years = (range.toMs - range.fromMs) / (365.25 * dayMs);
  return {
    faults: faults.map((fault) => foundFault(fault, sorted, openedMs)),
    falseAlarms: alarms.map((alert) => ({
      rule: alert.rule,
      at: new Date(openedMs(alert)).toISOString(),
      summary: alert.summary,
    })),
    falseAlarmsAYear: alarms.length / years,
    notices: outside.length - alarms.length,
    months: monthsOf(predictions, positive),
    overall: overallOf(predictions, positive),
  };
}

function foundFault(fault: InjectedFault, alerts: readonly Alert[], openedMs: (alert: Alert) => number): FoundFault {
  const { text, fromMs, toMs, column } = fault;
  const said = { fault: text, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
  const first = alerts.find((alert) => {
    const at = openedMs(alert);
    return (
      at >= fromMs &&
      at < toMs + graceMs &&
      (fault.kind === "label" || JSON.stringify(alert).includes(JSON.stringify(column).slice(1, -1)))
    );
  });
  if (first === undefined) return said;
  const at = openedMs(first);
  const foundBy = {
    rule: first.rule,
    at: new Date(at).toISOString(),
    delayHours: (at - fromMs) / 3_600_000,
    summary: first.summary,
  };
  return { ...said, foundBy };
}

function monthsOf(predictions: readonly JudgedPrediction[], positive?: string): MonthPerformance[] {
  const byMonth = Map.groupBy(predictions, ({ timeMs }) => new Date(timeMs).toISOString().slice(0, 7));
  return [...byMonth].map(([month, rows]) => ({ month, ...overallOf(rows, positive) }));
}

function overallOf(rows: readonly JudgedPrediction[], positive?: string) {
  return {
    champion: performanceOf(rows, (row) => row.champion, positive),
    first: performanceOf(rows, (row) => row.first, positive),
  };
}

/**
 * Accuracy, MCC (of the positive class) and Brier score of the predicted label's probability; or the mean absolute
 * error.
 */
function performanceOf(
  rows: readonly JudgedPrediction[],
  answerOf: (row: JudgedPrediction) => Answer,
  positive?: string,
): Performance {
  if (rows.length === 0) return { rows: 0 };
  if (answerOf(rows[0]).value !== undefined) {
    const sum = rows.reduce(
      (total, row) => total + Math.abs((answerOf(row).value ?? Number.NaN) - Number(row.truth)),
      0,
    );
    return { rows: rows.length, meanAbsoluteError: sum / rows.length };
  }
  const counts = { tp: 0, tn: 0, fp: 0, fn: 0 };
  let right = 0;
  let squares = 0;
  for (const row of rows) {
    const { label, probability = 1 } = answerOf(row);
    const isRight = label === row.truth;
    if (isRight) right++;
    squares += (isRight ? 1 - probability : probability) ** 2;
    const key = `${isRight ? "t" : "f"}${label === positive ? "p" : "n"}` as keyof typeof counts;
    counts[key]++;
  }
  const { tp, tn, fp, fn } = counts;
  const spread = Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
  const mcc = positive === undefined ? undefined : spread === 0 ? 0 : (tp * tn - fp * fn) / spread;
  return {
    rows: rows.length,
    accuracy: right / rows.length,
    ...(mcc !== undefined && { mcc }),
    brier: squares / rows.length,
  };
}
