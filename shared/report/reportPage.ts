import { escapeText } from "../charts/escapeText";
import { charts, folded, type Link, list, navigation, page, paragraph, section, table } from "../page/html";
import { timeText } from "../timeText";
import { timesThreshold } from "./featureDays";
import type { MonitoringReport } from "./monitoringReport";
import { driftText, featureCharts, featureMap, historyLine, metricChart, mostRows, relianceText } from "./reportCharts";
import {
  alertTable,
  findingTables,
  moveTable,
  notJudgedTable,
  runTable,
  settingTables,
  verdictTable,
  versionTable,
} from "./reportTables";

const mostMetrics = 4;

/**
 * The report as one self-contained HTML page without scripts or external resources, for screens of any width, dark
 * mode and paper. `key` is the function key for its links, if the reader's address had one; a page that is kept as a
 * file has no links.
 */
export function reportPage(report: MonitoringReport, reader: { key?: string } | "file"): string {
  const title = `Monitoring of ${report.title}`;
  const body = [
    header(report, title, reader === "file" ? "" : navigation(linksOf(report), reader.key)),
    section("Verdicts", verdictTable(report.signals), "no signal was evaluated in this range"),
    section(
      "When it changed",
      charts(
        [featureMap(report), historyLine(report)].filter((one) => one !== undefined),
        "large",
      ) + restOfMap(report),
    ),
    section("What changed", featurePart(report), "the inputs were not compared with training in this range"),
    section(
      "What it did to quality",
      qualityPart(report),
      "performance was neither measured nor estimated in this range",
    ),
    section("Alerts and what was done", alertTable(report.alerts), "there was no alert in this range"),
    section("Training runs", runTable(report), "none was started in this range"),
    section("Versions", versionTable(report) + moveTable(report), "no version is registered"),
    section("Every finding of the newest windows", findingTables(report.signals), "nothing was found"),
    section("What could not be judged", notJudgedTable(report) || paragraph("Everything was judged.")),
    section("Settings in effect", settingTables(report.signals), "no signal was evaluated"),
    report.notes.length > 0 ? section("Notes on this report", list(report.notes)) : "",
  ];
  return page(title, body.join(""));
}

function header(report: MonitoringReport, title: string, links: string): string {
  const { model, from, to, at, champion, headline } = report;
  const [first, ...rest] = headline;
  const about = `${model}${champion === undefined ? "" : `, version ${champion} is champion`}. ${timeText(from)} to ${timeText(to)}; read ${timeText(at)}.`;
  return (
    `<header><p class="soft">Monitoring report</p><h1>${escapeText(title)}</h1>${paragraph(about, "soft")}` +
    `<div class="lead">${paragraph(first)}${list(rest)}</div>${links}</header>`
  );
}

/** Links to related pages, relative to the report's address. */
function linksOf({ model, from, to, champion }: MonitoringReport): Link[] {
  const name = encodeURIComponent(model);
  const range = `from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`;
  return [
    { text: "This report as JSON", href: `report?format=json&${range}` },
    ...(champion === undefined
      ? []
      : [{ text: "Model card", href: `../../models/${name}/versions/${champion}/card?format=html` }]),
    { text: "Every result", href: `../${name}` },
    { text: "Audit trail", href: `../../audit/${name}` },
  ];
}

/** Features beyond those on the heat map, folded. */
function restOfMap({ heatMap: { features } }: MonitoringReport): string {
  const rest = features.slice(mostRows);
  if (rest.length === 0) return "";
  const rows = rest.map(({ name, cells }) => {
    const judged = cells.filter((cell) => cell !== null);
    const most = Math.max(...judged.map((cell) => timesThreshold(cell) ?? 0));
    return [name.slice(0, 200), judged.filter(({ verdict }) => verdict === "drift").length, most];
  });
  return folded(
    `${rest.length} more inputs`,
    table(["input", "days with drift", "greatest distance, times the threshold"], rows),
  );
}

function featurePart(report: MonitoringReport): string {
  const { features, heatMap } = report;
  const [first] = features;
  if (first === undefined) return "";
  const window = `${timeText(first.windowStart)} to ${timeText(first.windowEnd)}`;
  const drifted = heatMap.features.filter(({ cells }) => cells.some((cell) => cell?.verdict === "drift")).length;
  const intro = first.drifted
    ? `The inputs that differ most from version ${first.version}'s training rows, as they were ${window}.`
    : `No input drifted; these are those that version ${first.version} relies on most, as they were ${window}.`;
  const more =
    drifted > features.length && first.drifted ? ` ${drifted} inputs drifted at some time in this range.` : "";
  return paragraph(`${intro}${more}`) + features.map((one) => featureRow(report, one)).join("");
}

function featureRow(report: MonitoringReport, feature: MonitoringReport["features"][number]): string {
  const drawn = featureCharts(report, feature);
  const text = drawn.length === 0 ? "Nothing of it is known in this window." : (feature.shares?.description ?? "");
  return `<h3>${escapeText(feature.name)}</h3>${paragraph(`${text}${driftText(feature)}${relianceText(feature)}`)}${charts(drawn, "large")}`;
}

function qualityPart(report: MonitoringReport): string {
  const sentences = ["performance", "estimated-performance", "concept-drift", "bias"].flatMap((name) => {
    const one = report.signals.find(({ signal }) => signal === name);
    return one?.sentence === undefined ? [] : [one.sentence];
  });
  const drawn = report.performance.map((one) => metricChart(report, one));
  if (sentences.length === 0 && drawn.length === 0) return "";
  const rest = drawn.slice(mostMetrics);
  return (
    list(sentences) +
    charts(drawn.slice(0, mostMetrics), "large") +
    (rest.length > 0 ? folded(`${rest.length} more metrics`, charts(rest, "large")) : "")
  );
}
