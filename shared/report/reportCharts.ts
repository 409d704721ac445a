import { distributionChart } from "../charts/distributionChart";
import { heatMap } from "../charts/heatMap";
import { type Line, lineChart } from "../charts/lineChart";
import { palette } from "../charts/svg";
import { type Lane, timeline } from "../charts/timeline";
import { figure, percent } from "../figure";
import { capitalised, metricWords } from "../monitoring/performance/metricWords";
import { timesThreshold } from "./featureDays";
import type { FeatureDay, MetricPoint, MetricSeries, MonitoringReport, ReportedFeature } from "./monitoringReport";

export const mostRows = 20;
const mostLanes = 12;
const ms = (instant: string) => Date.parse(instant);

/** How far the first features of the report were from their thresholds, by day; undefined where none was judged. */
export function featureMap({ heatMap: { days, features } }: MonitoringReport): string | undefined {
  if (features.length === 0) return undefined;
  const rows = features.slice(0, mostRows).map(({ name, cells }) => ({
    label: name,
    cells: cells.map((cell) => cell && { value: timesThreshold(cell), isOver: cell.verdict === "drift" }),
  }));
  const drifted = features.filter(({ cells }) => cells.some((cell) => cell?.verdict === "drift"));
  return heatMap({
    title: "Inputs by day",
    description: `${drifted.length} of ${features.length} inputs drifted on some day: ${namesOf(drifted)}. The tables below have the figures.`,
    valueLabel: "the limit",
    columns: days.map((day) => day.slice(5)),
    rows,
  });
}

function namesOf(features: readonly { name: string }[]): string {
  if (features.length === 0) return "none";
  const names = features.slice(0, 10).map(({ name }) => name);
  return features.length > 10 ? `${names.join(", ")} and ${features.length - 10} more` : names.join(", ");
}

/** When alerts were open, when runs started, and when the champion changed. */
export function historyLine({ from, to, alerts, runs, moves }: MonitoringReport): string {
  const told = alerts.filter(({ status }) => status === "open" || status === "resolved");
  const rules = [...Map.groupBy(told, ({ rule }) => rule)].sort((a, b) => firstOf(a[1]).localeCompare(firstOf(b[1])));
  const lanes = rules.slice(0, mostLanes).map(
    ([rule, own]): Lane => ({
      label: rule,
      color: palette[1],
      spans: own.map(({ openedAt, raisedAt, resolvedAt, summary }) => ({
        fromMs: Math.max(ms(openedAt ?? raisedAt), ms(from)),
        toMs: ms(resolvedAt ?? to),
        title: summary.slice(0, 300),
      })),
    }),
  );
  const marks: Lane[] = [
    {
      label: "training runs",
      color: palette[0],
      marks: runs.map(({ id, status, requestedAt }) => ({ atMs: ms(requestedAt), title: `${id}: ${status}` })),
    },
    {
      label: "champion moves",
      color: palette[2],
      marks: moves
        .filter(({ alias }) => alias === "champion")
        .map(({ at, to: version }) => ({ atMs: ms(at), title: `version ${version}` })),
    },
  ];
  const more = rules.length > mostLanes ? `, of ${rules.length} rules the first ${mostLanes}` : "";
  return timeline({
    title: "Alerts, training runs and champion moves",
    description: `${told.length} alerts${more}, ${runs.length} training runs, ${marks[1].marks?.length} moves of the champion; the tables below name each.`,
    fromMs: ms(from),
    toMs: ms(to),
    lanes: [...lanes, ...marks],
    widthPx: 460,
  });
}

function firstOf(alerts: readonly { openedAt?: string; raisedAt: string }[]): string {
  return alerts.map(({ openedAt, raisedAt }) => openedAt ?? raisedAt).sort()[0];
}

/** The feature's distribution now against training, and its distance over time with the threshold. */
export function featureCharts(report: MonitoringReport, feature: ReportedFeature): string[] {
  const { name, shares, windowStart, windowEnd } = feature;
  const distribution =
    shares === undefined
      ? []
      : [
          distributionChart({
            ...{ ...shares, title: name },
            beforeLabel: "at training",
            nowLabel: `${windowStart.slice(0, 10)} to ${windowEnd.slice(0, 10)}`,
          }),
        ];
  const cells = report.heatMap.features.find((one) => one.name === name)?.cells.filter((cell) => cell !== null) ?? [];
  return cells.length === 0 ? distribution : [...distribution, driftChart(report, feature, cells)];
}

function driftChart({ from, to }: MonitoringReport, { name }: ReportedFeature, cells: readonly FeatureDay[]): string {
  const x = cells.map(({ at }) => ms(at));
  const of = (field: "value" | "threshold") => cells.map((cell) => cell[field] ?? Number.NaN);
  const last = cells[cells.length - 1];
  return lineChart({
    title: `Distance of ${name} from training`,
    description: `On ${last.at.slice(0, 10)} it was ${text(last.value)}, with a threshold of ${text(last.threshold)}.`,
    xLabel: "day of the evaluation (UTC)",
    yLabel: "distance",
    yLow: 0,
    xDates: { fromMs: ms(from), toMs: ms(to) },
    lines: [
      { label: "distance", x, y: of("value") },
      { label: "threshold", x, y: of("threshold"), dashed: true },
    ],
    heightPx: 230,
  });
}

/** A metric as it was measured and estimated, with the intervals of both. */
export function metricChart({ from, to }: MonitoringReport, { metric, measured, estimated }: MetricSeries): string {
  const name = metricWords(metric);
  const limits = measured.some(({ threshold }) => threshold !== null) ? measured : estimated;
  const lines: Line[] = [
    ...(measured.length > 0 ? [lineOf("measured by truths", measured)] : []),
    ...(estimated.length > 0 ? [lineOf("estimated before truths are known", estimated)] : []),
    {
      label: "limit",
      x: limits.map(({ at }) => ms(at)),
      y: limits.map(({ threshold }) => threshold ?? Number.NaN),
      dashed: true,
    },
  ];
  const last = (measured.at(-1) ?? estimated.at(-1)) as MetricPoint;
  const range = last.interval ? ` (${figure(last.interval[0], 3)} to ${figure(last.interval[1], 3)})` : "";
  return lineChart({
    title: capitalised(name),
    description: `Last ${figure(last.value, 3)}${range} on ${last.at.slice(0, 10)}; the limit was ${text(last.threshold)}.`,
    xLabel: "day of the evaluation (UTC); shaded: the interval of the value",
    yLabel: name,
    xDates: { fromMs: ms(from), toMs: ms(to) },
    lines,
    heightPx: 250,
  });
}

function lineOf(label: string, points: readonly MetricPoint[]): Line {
  const limit = (at: 0 | 1) => points.map(({ interval }) => interval?.[at] ?? Number.NaN);
  return {
    label,
    x: points.map(({ at }) => ms(at)),
    y: points.map(({ value }) => value),
    band: { low: limit(0), high: limit(1) },
  };
}

function text(value: number | null): string {
  return value === null ? "not known" : figure(value, 3);
}

/** How much the model relies on a feature, in words; nothing where it is not known. */
export function relianceText({ importance }: ReportedFeature): string {
  return importance === undefined ? "" : ` It carries ${percent(importance)} of the model's importance.`;
}

/** What of a feature drifted: its distance may be below the threshold while its level or its missing values moved. */
export function driftText({ driftedBy }: ReportedFeature): string {
  if (driftedBy === undefined) return "";
  const names: Record<string, string> = { missing: "missing values", unseen: "values that training never saw" };
  return ` It drifted by its ${driftedBy.map((name) => names[name] ?? name).join(", ")}.`;
}
