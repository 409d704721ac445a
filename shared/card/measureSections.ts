import { barChart } from "../charts/barChart";
import { intervalChart } from "../charts/intervalChart";
import { lineChart } from "../charts/lineChart";
import { metricNote, metricTitle, metricWords } from "../evaluation/metricWords";
import type { ValueCurves } from "../evaluation/valueCurves";
import { figure, percent } from "../figure";
import { beside, type Cell, charts, list, paragraph, section, table } from "../page/html";
import type { ModelVersion, VersionSaving } from "../registry/modelVersion";
import { curveCharts } from "./curveCharts";
import type { ModelCard } from "./modelCard";

/** What was measured on the hold-out: metrics, differences, decisions, curves, slices, cost. */
export function measureSections({ facts, absent, predicts }: ModelCard): string {
  const curves = facts.valueCurves
    ? valueCharts(facts.valueCurves, predicts)
    : (facts.curves ?? []).map((one) => charts(curveCharts(one), "large")).join("");
  const differences = differencesChart(facts);
  return (
    section("How good it is", metricsTable(facts), absent.metrics) +
    beside(
      facts.signature.classes ? section("What it decides", confusionTable(facts), absent.metrics) : "",
      differences === "" ? "" : section("Compared with others", differences),
    ) +
    section("Curves and calibration", curves, absent.curves) +
    section("Where it does better and worse", sliceCharts(facts), absent.slices) +
    section("What its decisions cost", facts.saving ? savingParts(facts.saving) : "", absent.saving)
  );
}

function metricsTable({ metrics = {}, baselines = {}, intervals = {}, resampling, signature }: ModelVersion): string {
  const names = Object.keys(metrics).filter((name) => typeof metrics[name] === "number" && name !== "rows");
  if (names.length === 0) return "";
  const others = Object.keys(baselines);
  const [first] = Object.values(intervals);
  const range = first ? `${percent(first.confidence)} interval` : "interval";
  const rows = names.map((name): Cell[] => {
    const interval = intervals[name];
    const ends = interval && `${figure(interval.low)}\u00a0to\u00a0${figure(interval.high)}`;
    const values = [Number(metrics[name]), ...others.map((other) => baselines[other][name])];
    const best = bestOf(name, values);
    const [own, ...theirs] = values.map((value, at) => (at === best ? { best: Number(value) } : value));
    return [inWords(name, signature.classes?.length), own as Cell, ends, ...(theirs as Cell[])];
  });
  const text = `Measured on ${metrics.rows} hold-out rows that no model had seen; the baselines are measured on the same rows. The best value of each metric is highlighted.${drawnText(resampling)} A dash means that there is no interval, or that every draw gave the same value.`;
  return paragraph(text) + table(["metric", "this version", range, ...others], rows, true);
}

function drawnText(resampling: ModelVersion["resampling"]): string {
  if (resampling === undefined) return "";
  const { unit, blocks, blockDays } = resampling;
  const what = {
    row: "rows",
    group: "whole groups",
    day: blockDays === 1 ? "whole days" : `blocks of ${figure(blockDays ?? 1)} days`,
  }[unit];
  return ` The intervals come from a bootstrap, which draws ${blocks} ${what} with replacement.`;
}

function inWords(metric: string, classes?: number): Cell {
  const note = metricNote(metric, classes);
  return note === undefined ? metric : { text: metricTitle(metric), note };
}

/** Index of the best of several values of a metric; -1 if no direction is better or if two are equally good. */
function bestOf(metric: string, values: readonly unknown[]): number {
  const better = metricWords(metric)?.better;
  const known = values.map((value) => (typeof value === "number" ? value : Number.NaN));
  const size = (value: number) => (better === "near 0" ? -Math.abs(value) : better === "lower" ? -value : value);
  const most = known.reduce((best, value) => (size(value) > best ? size(value) : best), Number.NEGATIVE_INFINITY);
  const winners = known.flatMap((value, at) => (size(value) === most ? [at] : []));
  return better !== undefined && values.length > 1 && winners.length === 1 ? winners[0] : -1;
}

/** Whether there is an interval; with one block of rows there is none. */
function hasInterval({ low, high }: { low: number | null; high: number | null }): boolean {
  return Number.isFinite(low) && Number.isFinite(high);
}

function differencesChart({ differences: all = [], selectionMetric = "" }: ModelVersion): string {
  const differences = all.filter(hasInterval);
  if (differences.length === 0) return "";
  const title = metricTitle(selectionMetric);
  const better = metricWords(selectionMetric)?.better ?? "lower";
  return intervalChart({
    title: `${title} compared on the same rows`,
    valueLabel: `${title} of this version minus the other's, ${percent(differences[0].confidence)} interval; ${better === "higher" ? "above" : "below"} 0 this version is better`,
    intervals: differences.map(({ against, difference, low, high }) => ({
      label: against,
      value: difference,
      low,
      high,
    })),
    reference: { value: 0, label: "no difference" },
  });
}

function confusionTable({ metrics, signature }: ModelVersion): string {
  const matrix = metrics?.confusionMatrix as number[][] | undefined;
  const classes = signature.classes ?? [];
  if (matrix === undefined) return "";
  return table(
    ["actual", ...classes.map((name) => `decided ${name}`), "correct"],
    matrix.map((row, code) => {
      const rows = row.reduce((sum, count) => sum + count, 0);
      return [classes[code], ...row, rows === 0 ? null : percent(row[code] / rows)];
    }),
  );
}

function valueCharts({ parts, errors }: ValueCurves, { label, unit }: ModelCard["predicts"]): string {
  const named = unit ? `${label}, ${unit}` : label;
  const x = parts.map(({ meanPredicted }) => meanPredicted);
  const ends = [Math.min(...x), Math.max(...x)];
  const drawn = [
    lineChart({
      title: "Observed against predicted",
      description: `Hold-out rows in ${parts.length} parts of equal size by predicted value: the observed mean of each, and the range that holds eight rows in ten.`,
      xLabel: `predicted ${named}`,
      yLabel: `observed ${named}`,
      lines: [
        { label: "mean observed", x, y: parts.map(({ meanObserved }) => meanObserved) },
        { label: "nine in ten observed are above", x, y: parts.map(({ low }) => low) },
        { label: "nine in ten observed are below", x, y: parts.map(({ high }) => high) },
        { label: "perfect", x: ends, y: ends, dashed: true },
      ],
    }),
    barChart({
      title: "Errors",
      valueLabel: "hold-out rows; the outer bins include everything beyond",
      bars: errors.map(({ from, to, rows }) => ({ label: `${figure(from)} to ${figure(to)}`, value: rows })),
    }),
  ];
  return (
    charts(drawn) +
    paragraph(`An error is the predicted ${named} minus the observed one: above zero the prediction is too high.`)
  );
}

function sliceCharts({ slices = [], selectionMetric = "", metrics }: ModelVersion): string {
  const columns = [...new Set(slices.map(({ column }) => column))];
  const whole = Number(metrics?.[selectionMetric]);
  const judged = (column: string) =>
    slices.filter((slice) => slice.column === column && slice.value !== null && hasInterval(slice));
  const small = columns.filter((column) => judged(column).length === 0);
  const title = metricTitle(selectionMetric);
  const drawn = columns
    .filter((column) => !small.includes(column))
    .map((column) =>
      intervalChart({
        title: `${title} by ${column}`,
        valueLabel: `${title}, with its interval`,
        intervals: judged(column).map(({ slice, rows, value, low, high, worse }) => ({
          label: `${slice} (${rows} rows)${worse ? " worse" : ""}`,
          value: value as number,
          low: low as number,
          high: high as number,
        })),
        reference: { value: whole, label: "all rows" },
      }),
    );
  const unvaried = slices.filter((slice) => slice.value !== null && !hasInterval(slice));
  return (
    charts(drawn) +
    small.map((column) => paragraph(`${column}: no part has enough rows for an interval.`)).join("") +
    list(
      unvaried.map(
        ({ column, slice, rows, value }) =>
          `${column} ${slice} (${rows} rows): ${figure(value as number)} in every draw, so there is no interval`,
      ),
    )
  );
}

function savingParts({ unit, confidence, model, against, thresholds }: VersionSaving): string {
  const sure = percent(confidence);
  // next to a much costlier one the others would be indistinguishable
  const drawn = against.filter(hasInterval).filter(({ costPerRow }) => costPerRow <= 5 * model.costPerRow);
  const dear =
    drawn.length < against.length
      ? " Alternatives that cost more than five times as much appear in the table only."
      : "";
  const text = `The decisions cost ${figure(model.costPerRow)} ${unit} per row on the hold-out set (${sure} interval ${figure(model.low)} to ${figure(model.high)}). Saving: how much more the other rule costs; an interval that includes zero does not prove a saving.${dear}`;
  const chart = intervalChart({
    title: "Saving compared with other decision rules",
    valueLabel: `${unit} per row, ${sure} interval`,
    intervals: drawn.map(({ name, saving, low, high }) => ({ label: name, value: saving, low, high })),
    reference: { value: 0, label: "no saving" },
  });
  const rows = against.map(({ name, costPerRow, saving, low, high }) => [name, costPerRow, saving, low, high]);
  const limits = thresholds
    ? paragraph(
        `It decides at a probability of ${figure(thresholds.decided)}; the costs suggest ${thresholds.theoretical === null ? "no threshold" : figure(thresholds.theoretical)}.`,
      )
    : "";
  return (
    paragraph(text) +
    beside(table(["decision rule", `cost, ${unit} per row`, "saving", "saving, from", "saving, to"], rows), chart) +
    limits
  );
}
