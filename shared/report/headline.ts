import { timeText } from "../timeText";
import type { MonitoringReport, ReportedAlert, ReportedSignal } from "./monitoringReport";

/** Whether all is well, since when not, and what was done: what a person wants to know first, in plain sentences. */
export function headline(report: Omit<MonitoringReport, "headline" | "notes">): string[] {
  const { signals, champion } = report;
  if (champion === undefined) return ["No version serves as champion, so nothing is watched.", ...done(report)];
  if (signals.length === 0)
    return [`Nothing was judged between ${timeText(report.from)} and ${timeText(report.to)}.`, ...done(report)];
  return [...state(signals), ...quality(signals), ...alerted(report.alerts), ...done(report)];
}

function state(signals: readonly ReportedSignal[]): string[] {
  const drifted = signals.filter(({ verdict }) => verdict === "drift");
  const judged = signals.filter(({ verdict }) => verdict === "drift" || verdict === "ok").length;
  const unknown = signals.length - judged;
  const rest = unknown === 0 ? "" : ` ${count(unknown, "signal")} could not judge the newest window.`;
  if (judged === 0) return [`Whether the model still fits is unknown.${rest}`];
  if (drifted.length === 0)
    return [`All ${count(judged, "signal")} that could judge the newest window found it in order.${rest}`];
  const since = drifted.toSorted((a, b) => (a.since ?? a.at).localeCompare(b.since ?? b.at))[0];
  const when = `${since.isOlder ? "at least " : ""}${timeText(since.since ?? since.at)}`;
  const first = `${drifted.length} of ${count(signals.length, "signal")} found a change in the newest window: ${drifted.map(words).join(", ")}.`;
  return [`${first} The first of them has lasted since ${when} (${words(since)}).${rest}`];
}

/** What it did to quality: what performance says, measured or else estimated. */
function quality(signals: readonly ReportedSignal[]): string[] {
  const judged = ["performance", "estimated-performance"].flatMap((name) =>
    signals.filter(({ signal, verdict }) => signal === name && (verdict === "ok" || verdict === "drift")),
  );
  if (judged.length === 0) return ["How well it predicts now is neither measured nor estimated."];
  return judged[0].sentence === undefined ? [] : [sentence(judged[0].sentence)];
}

function alerted(alerts: readonly ReportedAlert[]): string[] {
  const opened = alerts.filter(({ status }) => status === "open" || status === "resolved");
  if (opened.length === 0) return ["There was no alert."];
  const open = opened.filter(({ status }) => status === "open");
  const still =
    open.length === 0
      ? "none is open any more"
      : `${open.length === 1 ? "one is" : `${open.length} are`} still open (${rules(open)})`;
  return [`There ${opened.length === 1 ? "was one alert" : `were ${opened.length} alerts`}; ${still}.`];
}

function rules(alerts: readonly ReportedAlert[]): string {
  return [...new Set(alerts.map(({ rule }) => rule))].join(", ");
}

function done({ runs, moves }: Pick<MonitoringReport, "runs" | "moves">): string[] {
  const promoted = moves.filter(({ alias }) => alias === "champion").toSorted((a, b) => a.at.localeCompare(b.at));
  const trained = runs.length === 0 ? "nothing was trained" : `${count(runs.length, "training run")} started`;
  const served =
    promoted.length === 0
      ? "the champion stayed"
      : promoted.map(({ to, at }) => `version ${to} became champion on ${timeText(at)}`).join(", ");
  return [`What was done: ${trained}; ${served}.`];
}

function words({ signal }: ReportedSignal): string {
  return signal.replaceAll("-", " ");
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
