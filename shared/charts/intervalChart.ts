import { figure } from "../figure";
import { axis } from "./axis";
import { escapeText } from "./escapeText";
import { axisLabel, chartFrame, labelLinePx, labelLines, palette } from "./svg";

/** A value with its interval. */
export interface Interval {
  label: string;
  value: number;
  low: number;
  high: number;
}

export interface IntervalChart {
  title: string;
  /** what the values are, with their unit */
  valueLabel: string;
  intervals: readonly Interval[];
  /** position of the reference line; 0 for differences */
  reference?: { value: number; label: string };
  widthPx?: number;
}

const rowPx = 28;
const left = 190;
const top = 52;

/** A dot and a line for each interval, in the order given, as an SVG element with title, description and ticks. */
export function intervalChart({ title, valueLabel, intervals, reference, widthPx = 440 }: IntervalChart): string {
  const ends = intervals.flatMap(({ value, low, high }) => [value, low, high]).concat(reference?.value ?? []);
  const scale = axis(Math.min(...ends), Math.max(...ends));
  const right = widthPx - 24;
  const bottom = top + intervals.length * rowPx;
  const x = (value: number) => Math.round(left + ((value - scale.low) / (scale.high - scale.low)) * (right - left));
  const ticks = scale.ticks.map(
    ({ value, text }) =>
      `<line class="grid" x1="${x(value)}" x2="${x(value)}" y1="${top}" y2="${bottom}"/>` +
      `<text class="tick" x="${x(value)}" y="${bottom + 16}" text-anchor="middle">${text}</text>`,
  );
  const rows = intervals.map((one, index) => intervalRow(one, top + (index + 0.5) * rowPx, x));
  const line =
    reference &&
    `<line class="axis" x1="${x(reference.value)}" x2="${x(reference.value)}" y1="${top - 4}" y2="${bottom}" stroke-dasharray="4 3"/>` +
      `<text class="tick" x="${x(reference.value)}" y="${top - 8}" text-anchor="${anchorAt(x(reference.value), widthPx)}">${escapeText(reference.label)}</text>`;
  const inWords = ({ label, value, low, high }: Interval) =>
    `${label}: ${figure(value)}, from ${figure(low)} to ${figure(high)}`;
  return chartFrame({
    title,
    description: intervals.map(inWords).join("; "),
    widthPx,
    heightPx: bottom + 29 + labelLines(valueLabel, widthPx).length * labelLinePx,
    content: [
      ...ticks,
      ...(line ? [line] : []),
      ...rows,
      axisLabel(valueLabel, (left + right) / 2, bottom + 36, widthPx),
    ],
  });
}

/** A label near the right edge ends at its line, so that nothing of it is cut off. */
function anchorAt(x: number, widthPx: number): string {
  return x > widthPx - 60 ? "end" : "middle";
}

function intervalRow({ label, value, low, high }: Interval, y: number, x: (value: number) => number): string {
  const name = label.length > 30 ? `${label.slice(0, 29)}…` : label;
  return (
    `<g><title>${escapeText(`${label}: ${figure(value)} [${figure(low)}, ${figure(high)}]`)}</title>` +
    `<text class="tick" x="${left - 10}" y="${y + 4}" text-anchor="end">${escapeText(name)}</text>` +
    `<line x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}" stroke="${palette[0]}" stroke-width="3"/>` +
    `<circle cx="${x(value)}" cy="${y}" r="5" fill="${palette[0]}"/></g>`
  );
}
