import { type Axis, axis } from "./axis";
import { dateTicks } from "./dateTicks";
import { escapeText } from "./escapeText";
import { axisLabel, chartFrame, labelLinePx, labelLines, palette } from "./svg";

/**
 * One curve: `x[i]`, `y[i]`; a y that is not finite leaves a gap. Faint curves are drawn behind the others and are not
 * in the legend.
 */
export interface Line {
  label: string;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  faint?: boolean;
  dashed?: boolean;
  /** its uncertainty: `low[i]` to `high[i]` at `x[i]`, shaded behind it */
  band?: { low: ArrayLike<number>; high: ArrayLike<number> };
}

export interface LineChart {
  title: string;
  /** what a reader who does not see the picture should know */
  description: string;
  /** what each axis shows, with its unit */
  xLabel: string;
  yLabel: string;
  lines: readonly Line[];
  /**
   * the x axis holds these names at 0, 1, 2 ... instead of numbers; points are then not joined, for names have no order
   */
  xNames?: readonly string[];
  /** x are instants, ms: the axis runs from the first to the last and shows dates (UTC) */
  xDates?: { fromMs: number; toMs: number };
  /** limits of the y axis; by default what the lines need */
  yLow?: number;
  yHigh?: number;
  widthPx?: number;
  heightPx?: number;
}

const margin = { left: 64, right: 16, top: 40, bottom: 52 };

/** Curves over a shared x axis as an SVG element with title, description, ticks and a legend. */
export function lineChart(chart: LineChart): string {
  const { lines, widthPx = 420, heightPx = 280 } = chart;
  const legend = lines.filter(({ faint }) => !faint);
  const legendPx = legend.length > 1 ? legend.length * 18 : 0;
  const right = widthPx - margin.right;
  const bottom = heightPx - margin.bottom;
  const moreLabelPx = (labelLines(chart.xLabel, widthPx).length - 1) * labelLinePx;
  const xAxis = xAxisOf(chart);
  const [lowest, highest] = range(lines.flatMap(({ y, band }) => (band ? [y, band.low, band.high] : [y])));
  const yAxis = axis(chart.yLow ?? lowest, chart.yHigh ?? highest);
  const x = (value: number) => margin.left + share(xAxis, value) * (right - margin.left);
  const y = (value: number) => bottom - share(yAxis, value) * (bottom - margin.top);
  const colorOf = new Map(legend.map((line, index) => [line, palette[index % palette.length]]));
  const ordered = [...lines].sort((a, b) => Number(b.faint ?? false) - Number(a.faint ?? false));
  return chartFrame({
    title: chart.title,
    description: chart.description,
    widthPx,
    heightPx: heightPx + moreLabelPx + legendPx,
    content: [
      ...xAxis.ticks.map(({ value, text }) => xTick(x(value), bottom, text)),
      ...yAxis.ticks.map(({ value, text }) => yTick(y(value), right, text)),
      ...ordered.map((line) => bandOf(line, x, y, colorOf.get(line))),
      ...ordered.map((line) => curve(line, x, y, colorOf.get(line), chart.xNames === undefined)),
      axisLabel(chart.xLabel, (margin.left + right) / 2, heightPx - 12, widthPx),
      `<text class="label" transform="rotate(-90)" x="${-(margin.top + bottom) / 2}" y="14" text-anchor="middle">${escapeText(chart.yLabel)}</text>`,
      ...(legendPx > 0
        ? legend.map((line, index) => legendRow(line, heightPx + moreLabelPx + index * 18, colorOf.get(line)))
        : []),
    ],
  });
}

function xAxisOf({ lines, xNames, xDates }: LineChart): Axis {
  if (xNames) return nameAxis(xNames);
  if (xDates === undefined) return axis(...range(lines.map((line) => line.x)));
  const { fromMs, toMs } = xDates;
  return {
    low: fromMs,
    high: toMs,
    ticks: dateTicks(fromMs, toMs, 7).map(({ atMs, text }) => ({ value: atMs, text })),
  };
}

function range(columns: ArrayLike<number>[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const column of columns) {
    for (let i = 0; i < column.length; i++) {
      if (!Number.isFinite(column[i])) continue;
      low = Math.min(low, column[i]);
      high = Math.max(high, column[i]);
    }
  }
  return [low, high];
}

/** Names in the middle of equal parts; every n-th only where there are many. */
function nameAxis(names: readonly string[]): Axis {
  const every = Math.ceil(names.length / 8);
  const ticks = names.map((name, value) => ({ value, text: name.length > 12 ? `${name.slice(0, 11)}…` : name }));
  return { low: -0.5, high: names.length - 0.5, ticks: ticks.filter(({ value }) => value % every === 0) };
}

function share({ low, high }: Axis, value: number): number {
  return (value - low) / (high - low);
}

function xTick(at: number, bottom: number, text: string): string {
  return (
    `<line class="grid" x1="${px(at)}" x2="${px(at)}" y1="${margin.top}" y2="${bottom}"/>` +
    `<text class="tick" x="${px(at)}" y="${bottom + 16}" text-anchor="middle">${escapeText(text)}</text>`
  );
}

function yTick(at: number, right: number, text: string): string {
  return (
    `<line class="grid" x1="${margin.left}" x2="${right}" y1="${px(at)}" y2="${px(at)}"/>` +
    `<text class="tick" x="${margin.left - 6}" y="${px(at + 4)}" text-anchor="end">${text}</text>`
  );
}

/** Shaded from one limit to the other, with a gap wherever either is missing. */
function bandOf({ x: at, band }: Line, x: (v: number) => number, y: (v: number) => number, color?: string): string {
  if (band === undefined || color === undefined) return "";
  const isPoint = (i: number) => [at[i], band.low[i], band.high[i]].every(Number.isFinite);
  const parts: string[] = [];
  for (let from = 0; from < at.length; from++) {
    if (!isPoint(from)) continue;
    let to = from;
    while (to + 1 < at.length && isPoint(to + 1)) to++;
    const places = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    const limit = (values: ArrayLike<number>) => (i: number) => `${px(x(at[i]))} ${px(y(values[i]))}`;
    parts.push(`M${[...places.map(limit(band.high)), ...places.toReversed().map(limit(band.low))].join("L")}Z`);
    from = to;
  }
  return parts.length === 0 ? "" : `<path d="${parts.join("")}" fill="${color}" fill-opacity=".16"/>`;
}

/**
 * A path with a gap wherever a value is missing, and dots where the points are few; only dots where they are not
 * joined.
 */
function curve(
  line: Line,
  x: (v: number) => number,
  y: (v: number) => number,
  color: string | undefined,
  isJoined: boolean,
): string {
  const steps: string[] = [];
  const dots: string[] = [];
  let isOpen = false;
  for (let i = 0; i < line.x.length; i++) {
    const isPoint = Number.isFinite(line.x[i]) && Number.isFinite(line.y[i]);
    if (isPoint) {
      const [cx, cy] = [px(x(line.x[i])), px(y(line.y[i]))];
      steps.push(`${isOpen ? "L" : "M"}${cx} ${cy}`);
      dots.push(dot(cx, cy, color, isJoined ? 2.5 : 4));
    }
    isOpen = isPoint;
  }
  const path = `d="${steps.join("")}" fill="none"`;
  if (!isJoined) return `<g><title>${escapeText(line.label)}</title>${dots.join("")}</g>`;
  if (color === undefined) return `<path class="faint" ${path}/>`;
  const dash = line.dashed ? ' stroke-dasharray="5 4"' : "";
  const shown = dots.length <= 25 ? dots.join("") : "";
  return `<g><title>${escapeText(line.label)}</title><path ${path} stroke="${color}" stroke-width="2"${dash}/>${shown}</g>`;
}

function dot(cx: string, cy: string, color: string | undefined, radiusPx: number): string {
  if (color === undefined) return `<circle class="faint" cx="${cx}" cy="${cy}" r="2"/>`;
  return `<circle cx="${cx}" cy="${cy}" r="${radiusPx}" fill="${color}"/>`;
}

function legendRow({ label, dashed }: Line, y: number, color: string | undefined): string {
  const dash = dashed ? ' stroke-dasharray="5 4"' : "";
  return (
    `<line x1="${margin.left}" x2="${margin.left + 24}" y1="${y + 6}" y2="${y + 6}" stroke="${color}" stroke-width="2"${dash}/>` +
    `<text class="tick" x="${margin.left + 32}" y="${y + 10}">${escapeText(label)}</text>`
  );
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
