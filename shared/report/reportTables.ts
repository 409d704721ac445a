import { figure } from "../figure";
import { cutText } from "../ledger/cutText";
import type { Finding } from "../monitoring/finding";
import type { Verdict } from "../monitoring/verdict";
import { type Cell, folded, paragraph, table } from "../page/html";
import { timeText } from "../timeText";
import type { MonitoringReport, ReportedAlert, ReportedSignal } from "./monitoringReport";
import { mostRows } from "./reportCharts";

/** findings, alerts and rows of one kind that are on the page; the JSON has all */
const mostFolded = 100;
const longestText = 400;

const verdicts: Record<Verdict, string> = {
  drift: "▲ drift",
  ok: "✓ ok",
  insufficient_data: "– too little data",
  failed: "✕ failed",
};

/** One row a signal: its verdict, since when, and what it says. */
export function verdictTable(signals: readonly ReportedSignal[]): string {
  if (signals.length === 0) return "";
  const rows = signals.map((one): Cell[] => [
    words(one.signal),
    { text: verdicts[one.verdict], note: one.since ? sinceText(one) : "" },
    cut(one.sentence ?? one.reason),
    { text: `${one.targetRows} rows`, note: `${day(one.windowStart)} to ${day(one.windowEnd)}` },
    countsText(one),
  ]);
  return table(["signal", "verdict", "what it says", "newest window", "evaluations"], rows, true);
}

function sinceText({ since = "", isOlder }: ReportedSignal): string {
  return `${isOlder ? "at least since" : "since"} ${timeText(since)}`;
}

function countsText({ counts }: ReportedSignal): string {
  const names = { drift: "drift", failed: "failed", insufficient_data: "too little data", ok: "ok" } as const;
  return (Object.keys(names) as Verdict[])
    .filter((verdict) => counts[verdict] !== undefined)
    .map((verdict) => `${counts[verdict]} ${names[verdict]}`)
    .join(", ");
}

/** Everything that a signal judged in its newest window, what drifted first; beyond twenty rows folded. */
export function findingTables(signals: readonly ReportedSignal[]): string {
  return signals
    .filter(({ findings }) => findings.length > 0)
    .map((one) => {
      const sorted = one.findings.toSorted((a, b) => weight(b) - weight(a));
      const drifted = sorted.filter(({ verdict }) => verdict === "drift").length;
      const title = `${words(one.signal)}: ${sorted.length} judged, ${drifted} drifted (version ${one.version}, ${timeText(one.windowStart)} to ${timeText(one.windowEnd)})`;
      return folded(title, parted(findingHead, sorted.map(findingRow), "findings"), drifted > 0);
    })
    .join("");
}

const findingHead = ["what", "verdict", "value", "interval", "threshold", "rows"];

function findingRow(one: Finding): Cell[] {
  const { subject, statistic, verdict, reason, value, interval, threshold, thresholdOrigin } = one;
  return [
    { text: cut(subject) as string, note: cut(statistic) as string },
    { text: verdicts[verdict], note: cut(reason) ?? "" },
    value,
    interval && `${figure(interval[0], 3)} to ${figure(interval[1], 3)}`,
    { text: threshold === null ? "–" : figure(threshold, 3), note: cut(thresholdOrigin) as string },
    { text: String(one.targetRows), note: one.baselineRows === undefined ? "" : `against ${one.baselineRows}` },
  ];
}

function weight({ verdict, value, threshold }: Finding): number {
  const order = { drift: 3000, failed: 2000, insufficient_data: 0, ok: 1000 };
  const times = value === null || !threshold ? 0 : Math.min(999, Math.abs(value / threshold));
  return order[verdict] + times;
}

/** The first rows as a table, more of them folded below it, and how many are in the JSON only. */
function parted(head: readonly string[], rows: readonly Cell[][], what: string): string {
  const more = rows.slice(mostRows, mostRows + mostFolded);
  const left = rows.length - mostRows - more.length;
  return (
    table(head, rows.slice(0, mostRows), true) +
    (more.length > 0 ? folded(`${more.length} more ${what}`, table(head, more, true)) : "") +
    (left > 0 ? paragraph(`${left} more ${what} are in the JSON of this report.`, "soft") : "")
  );
}

/** Alerts, newest first, each with what was done. */
export function alertTable(alerts: readonly ReportedAlert[]): string {
  if (alerts.length === 0) return "";
  const rows = alerts.map((one): Cell[] => [
    { text: one.rule, note: one.severity },
    { text: stateText(one), note: `seen ${one.occurrences} times` },
    cut(one.summary),
    cut(doneText(one)),
  ]);
  return parted(["rule", "state", "what was told", "what was done"], rows, "alerts");
}

function stateText({ status, openedAt, raisedAt, resolvedAt }: ReportedAlert): string {
  const from = timeText(openedAt ?? raisedAt);
  if (status === "pending") return `waits for confirmation since ${from}`;
  if (status === "unconfirmed") return `not confirmed: ${from} to ${timeText(resolvedAt ?? "")}`;
  return resolvedAt === undefined ? `open since ${from}` : `${from} to ${timeText(resolvedAt)}`;
}

function doneText({ actions, closedBy, closeReason }: ReportedAlert): string {
  const told = actions.map(({ kind, outcome, words: text, at }) => `${kind}, ${outcome} on ${timeText(at)}: ${text}`);
  const closed = closedBy === undefined ? [] : [`closed by ${closedBy}: ${closeReason ?? "no reason"}`];
  return [...told, ...closed].join("; ") || "nothing";
}

export function runTable({ runs }: MonitoringReport): string {
  if (runs.length === 0) return "";
  const rows = runs
    .toReversed()
    .map((one): Cell[] => [
      timeText(one.requestedAt),
      one.trigger,
      one.status,
      one.version,
      one.promoted === undefined ? undefined : one.promoted ? "yes" : "no",
      cut(one.message),
    ]);
  return parted(["requested", "trigger", "status", "version", "promoted", "what came of it"], rows, "runs");
}

export function moveTable({ moves }: MonitoringReport): string {
  if (moves.length === 0) return "";
  const rows = moves.map((one): Cell[] => [timeText(one.at), one.alias, one.from, one.to, one.actor, cut(one.reason)]);
  return parted(["when", "alias", "from version", "to version", "by", "why"], rows, "moves");
}

export function versionTable({ versions, champion }: MonitoringReport): string {
  if (versions.length === 0) return "";
  const rows = versions.map(({ version, createdAt, notShownBetter = [] }): Cell[] => [
    version,
    timeText(createdAt),
    version === champion ? "champion" : "",
    notShownBetter.length === 0 ? "" : `not shown to beat ${notShownBetter.join(", ")}`,
  ]);
  return parted(["version", "registered", "now", "mark"], rows, "versions");
}

/** What could not be judged, each with why. */
export function notJudgedTable({ signals, unwatched }: MonitoringReport): string {
  const lacking = signals.filter(({ verdict }) => verdict === "insufficient_data" || verdict === "failed");
  const of = (one: ReportedSignal) =>
    one.findings.filter(({ verdict }) => verdict === "insufficient_data" || verdict === "failed");
  const single = signals
    .filter((one) => !lacking.includes(one))
    .flatMap((one) => of(one).map((finding) => ({ one, finding })));
  const rows: Cell[][] = [
    ...lacking.map(({ signal, reason, sentence }) => [words(signal), cut(reason ?? sentence)]),
    ...unwatched.map(({ signal, reason }) => [words(signal), `not watched: ${cut(reason)}`]),
    ...single.map(({ one, finding }) => [
      `${words(one.signal)}: ${cut(finding.subject)} (${cut(finding.statistic)})`,
      cut(finding.reason) ?? "no reason is kept",
    ]),
  ];
  return rows.length === 0 ? "" : parted(["what", "why"], rows, "rows");
}

/** The settings in effect, one fold a signal. */
export function settingTables(signals: readonly ReportedSignal[]): string {
  return signals
    .map(({ signal, settings }) => {
      const rows = Object.entries(settings).map(([name, value]) => [
        name,
        cut(typeof value === "string" ? value : JSON.stringify(value)),
      ]);
      return folded(
        words(signal),
        rows.length === 0 ? paragraph("Its results keep none.") : table(["setting", "value"], rows),
      );
    })
    .join("");
}

export function words(name: string): string {
  const text = name.replaceAll("-", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function day(instant: string): string {
  return instant.slice(0, 10);
}

function cut(text: string | undefined): string | undefined {
  return text === undefined ? undefined : cutText(text, longestText);
}
