import { figure } from "../figure";
import { axis } from "./axis";
import { escapeText } from "./escapeText";
import { axisLabel, chartFrame, labelLinePx, labelLines, palette } from "./svg";

/** One bar; `low` and `high` draw a whisker for its uncertainty. */
export interface Bar {
  label: string;
  value: number;
  low?: number;
  high?: number;
  /** a colour of its own; by default one for values from 0 up and one for values below */
  color?: string;
}

export interface BarChart {
  title: string;
  /** what a reader who does not see the picture should know; by default the bars in words */
  description?: string;
  /** what the values are, with their unit */
  valueLabel: string;
  bars: readonly Bar[];
  widthPx?: number;
}

const rowPx = 24;
const labelPx = 170;
const top = 40;

/**
 * Horizontal bars from zero, in the order given, as an SVG element with title, description, ticks and each bar's value.
 */
export function barChart(chart: BarChart): string {
  const { bars, widthPx = 440 } = chart;
  const ends = bars.flatMap(({ value, low = value, high = value }) => [value, low, high]).filter(Number.isFinite);
  const scale = axis(Math.min(0, ...ends), Math.max(0, ...ends));
  const left = labelPx;
  const right = widthPx - 70;
  const bottom = top + bars.length * rowPx;
  const x = (value: number) => left + ((value - scale.low) / (scale.high - scale.low)) * (right - left);
  const ticks = scale.ticks.map(
    ({ value, text }) =>
      `<line class="grid" x1="${px(x(value))}" x2="${px(x(value))}" y1="${top}" y2="${bottom}"/>` +
      `<text class="tick" x="${px(x(value))}" y="${bottom + 16}" text-anchor="middle">${text}</text>`,
  );
  const rows = bars.map((bar, index) => barRow(bar, top + index * rowPx, x, left));
  return chartFrame({
    title: chart.title,
    description: chart.description ?? bars.map(({ label, value }) => `${label}: ${figure(value)}`).join("; "),
    widthPx,
    heightPx: bottom + 29 + labelLines(chart.valueLabel, widthPx).length * labelLinePx,
    content: [
      ...ticks,
      ...rows,
      `<line class="axis" x1="${px(x(0))}" x2="${px(x(0))}" y1="${top}" y2="${bottom}"/>`,
      axisLabel(chart.valueLabel, (left + right) / 2, bottom + 36, widthPx),
    ],
  });
}

function barRow(bar: Bar, y: number, x: (value: number) => number, left: number): string {
  const { label, value, low, high } = bar;
  const middle = y + rowPx / 2;
  const name = `<text class="tick" x="${left - 8}" y="${middle + 4}" text-anchor="end">${escapeText(shorten(label))}</text>`;
  if (!Number.isFinite(value))
    return `<g>${name}<text class="tick" x="${px(x(0) + 6)}" y="${middle + 4}">no value</text></g>`;
  const color = bar.color ?? (value < 0 ? palette[1] : palette[0]);
  const from = Math.min(x(0), x(value));
  const rect =
    `<rect x="${px(from)}" y="${y + 4}" width="${px(Math.abs(x(value) - x(0)))}" height="${rowPx - 8}" fill="${escapeText(color)}">` +
    `<title>${escapeText(`${label}: ${figure(value)}`)}</title></rect>`;
  const whisker =
    low === undefined || high === undefined
      ? ""
      : `<line class="whisker" x1="${px(x(low))}" x2="${px(x(high))}" y1="${middle}" y2="${middle}"/>`;
  const end = px(Math.max(x(value), x(high ?? value), x(0)) + 6);
  return `<g>${name}${rect}${whisker}<text class="tick" x="${end}" y="${middle + 4}">${figure(value)}</text></g>`;
}

/** Long names are cut where the bars begin; the bar's own title keeps the whole. */
function shorten(label: string): string {
  return label.length > 26 ? `${label.slice(0, 25)}…` : label;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
