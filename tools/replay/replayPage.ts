import { lineChart } from "../../shared/charts/lineChart";
import { type Lane, timeline } from "../../shared/charts/timeline";
import { figure } from "../../shared/figure";
import { charts, list, page, paragraph, section, table } from "../../shared/page/html";
import { timeText } from "../../shared/timeText";
import type { MonthPerformance } from "./judgeReplay";
import type { ReplayReport } from "./replayReport";

/**
 * The report of a replay as a page of its own: what was really wrong, what the monitors said, what retraining brought.
 */
export function replayPage(report: ReplayReport): string {
  const { usecase, from, to, hours, rowsSent, refused, seconds } = report;
  const sent = `${rowsSent} rows in ${hours} hours, ${refused} requests refused; replayed in ${figure(seconds, 3)} s.`;
  return page(
    `Replay of ${usecase}`,
    [
      `<h1>Replay of ${usecase}</h1>`,
      paragraph(`${from.slice(0, 10)} to ${to.slice(0, 10)}: how monitoring would have behaved. ${sent}`, "soft"),
      list(summary(report)),
      charts([timeline(timelineOf(report))], "large").replace("<svg ", '<svg style="max-width:none" '),
      section("What was wrong, and when it was told", faultTable(report), "no fault was put in"),
      section("Alerts while nothing was wrong", falseAlarms(report), "none"),
      section("Performance with and without retraining", performance(report.months)),
      section("Training runs", runTable(report)),
      section("Every alert", alertTable(report), "there was none"),
    ].join(""),
  );
}

function summary({ falseAlarms, falseAlarmsAYear, notices, faults, overall }: ReplayReport): string[] {
  const found = faults.filter(({ foundBy }) => foundBy !== undefined).length;
  const score = ({ brier, meanAbsoluteError }: typeof overall.champion) =>
    meanAbsoluteError === undefined
      ? `Brier score ${figure(brier ?? Number.NaN, 4)}`
      : `mean absolute error ${figure(meanAbsoluteError, 4)}`;
  return [
    `${falseAlarms.length} false alarms, which is ${figure(falseAlarmsAYear, 2)} a monitor-year; ${notices} more notices that call nobody.`,
    ...(faults.length > 0 ? [`${found} of ${faults.length} faults were found.`] : []),
    `With retraining: ${score(overall.champion)}. Without: ${score(overall.first)}.`,
  ];
}

function timelineOf({ from, to, faults, alerts, runs }: ReplayReport) {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const faultLane: Lane = {
    label: "faults put in",
    spans: faults.map(({ fault, from: start, to: end }) => ({
      fromMs: Date.parse(start),
      toMs: Date.parse(end),
      title: fault,
    })),
  };
  const rules = [...new Set(alerts.map(({ rule }) => rule))].sort();
  const ruleLanes = rules.map((rule): Lane => {
    const own = alerts.filter((alert) => alert.rule === rule && alert.status !== "pending");
    return {
      label: rule,
      spans: own.map(({ openedAt, raisedAt, resolvedAt, summary: title }) => ({
        fromMs: Date.parse(openedAt ?? raisedAt),
        toMs: resolvedAt === undefined ? toMs : Date.parse(resolvedAt),
        title,
      })),
    };
  });
  const runLane: Lane = {
    label: "training runs",
    marks: runs.map(({ id, status, requestedAt, promoted }) => ({
      atMs: Date.parse(requestedAt),
      title: `${id}: ${status}${promoted ? ", promoted" : ""}`,
    })),
  };
  const lanes = [...(faults.length > 0 ? [faultLane] : []), ...ruleLanes, runLane];
  return { title: "Faults, alerts and training runs", description: "When each was there.", fromMs, toMs, lanes };
}

function faultTable({ faults }: ReplayReport): string {
  if (faults.length === 0) return "";
  const rows = faults.map(({ fault, from, foundBy }) => [
    fault,
    from.slice(0, 10),
    foundBy === undefined ? "not found" : `${figure(foundBy.delayHours / 24, 2)} days`,
    foundBy?.rule,
    foundBy?.summary,
  ]);
  return table(["fault", "from", "found after", "by", "what was told"], rows, true);
}

function falseAlarms({ falseAlarms: alarms }: ReplayReport): string {
  if (alarms.length === 0) return "";
  return table(
    ["opened", "rule", "what was told"],
    alarms.map(({ at, rule, summary: words }) => [timeText(at), rule, words]),
    true,
  );
}

function performance(months: readonly MonthPerformance[]): string {
  if (months.length === 0) return "";
  const isNumber = months[0].champion.meanAbsoluteError !== undefined;
  const metrics = isNumber ? (["meanAbsoluteError"] as const) : (["brier", "mcc"] as const);
  const names = {
    meanAbsoluteError: "mean absolute error",
    brier: "Brier score",
    mcc: "MCC",
    accuracy: "accuracy",
    rows: "rows",
  };
  const x = months.map((_month, i) => i);
  const drawn = metrics
    .filter((metric) => months.some(({ champion }) => champion[metric] !== undefined))
    .map((metric) =>
      lineChart({
        title: `${names[metric]} by month`,
        description: "Of the champion of the day, and of the first champion had nothing been trained again.",
        xLabel: "month",
        yLabel: names[metric],
        xNames: months.map(({ month }) => month),
        lines: [
          { label: "with retraining", x, y: months.map(({ champion }) => champion[metric] ?? Number.NaN) },
          { label: "without", x, y: months.map(({ first }) => first[metric] ?? Number.NaN), dashed: true },
        ],
      }),
    );
  const rows = months.map(({ month, champion, first }) => [
    month,
    champion.rows,
    ...metrics.flatMap((metric) => [champion[metric], first[metric]]),
  ]);
  const head = ["month", "rows", ...metrics.flatMap((metric) => [`${names[metric]}, with`, "without"])];
  return charts(drawn) + table(head, rows);
}

function runTable({ runs }: ReplayReport): string {
  const rows = runs.map(({ requestedAt, trigger, status, version, promoted, seconds, message }) => [
    ...[timeText(requestedAt), trigger, status, version, promoted === undefined ? undefined : promoted ? "yes" : "no"],
    ...[seconds, message],
  ]);
  return table(["requested", "trigger", "status", "version", "promoted", "seconds", "why"], rows, true);
}

function alertTable({ alerts }: ReplayReport): string {
  if (alerts.length === 0) return "";
  const rows = alerts.map(({ openedAt, raisedAt, resolvedAt, rule, severity, status, summary: words }) => [
    ...[timeText(openedAt ?? raisedAt), resolvedAt && timeText(resolvedAt), rule, severity, status, words],
  ]);
  return table(["opened", "resolved", "rule", "severity", "state", "what was told"], rows, true);
}
