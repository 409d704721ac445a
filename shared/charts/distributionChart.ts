import { percent } from "../figure";
import { escapeText } from "./escapeText";
import { chartFrame, palette } from "./svg";

export interface DistributionChart {
  title: string;
  /** what a reader who does not see the picture should know */
  description: string;
  /** shares of the rows in the parts of an axis, then and now */
  before: readonly number[];
  now: readonly number[];
  beforeLabel: string;
  nowLabel: string;
  /** what stands below: at the ends of a scale of equal parts, or below each part */
  scale: readonly string[];
  scaleAt: "ends" | "middles";
  widthPx?: number;
}

const side = 14;
const top = 54;
const chartPx = 150;

/** Two distributions over each other where the parts make a shape, beside each other where they are few. */
export function distributionChart(chart: DistributionChart): string {
  const { before, now, scale, scaleAt, widthPx = 440 } = chart;
  const bottom = top + chartPx;
  const step = (widthPx - 2 * side) / Math.max(1, before.length);
  const highest = Math.max(...before, ...now, Number.MIN_VALUE);
  const y = (share: number) => bottom - (share / highest) * chartPx;
  return chartFrame({
    title: chart.title,
    description: chart.description,
    widthPx,
    heightPx: bottom + 26,
    content: [
      legend(chart),
      ...(scaleAt === "ends"
        ? [area(before, y, bottom, step), outline(now, y, bottom, step)]
        : [pairs(chart, y, bottom, step)]),
      `<line class="axis" x1="${side}" x2="${widthPx - side}" y1="${bottom}" y2="${bottom}"/>`,
      ...scale.map((text, i) => scaleText(text, i, chart, bottom + 16, step)),
    ],
  });
}

function legend({ beforeLabel, nowLabel }: DistributionChart): string {
  const x = side + 24 + 7 * beforeLabel.length + 16;
  return (
    `<rect x="${side}" y="33" width="12" height="12" fill="${palette[5]}" fill-opacity=".55"/>` +
    `<text class="tick" x="${side + 18}" y="43">${escapeText(beforeLabel)}</text>` +
    `<rect x="${x}" y="33" width="12" height="12" fill="${palette[1]}" fill-opacity=".3" stroke="${palette[1]}" stroke-width="2"/>` +
    `<text class="tick" x="${x + 18}" y="43">${escapeText(nowLabel)}</text>`
  );
}

function area(shares: readonly number[], y: (share: number) => number, bottom: number, step: number): string {
  return `<path d="${stairs(shares, y, bottom, step)}Z" fill="${palette[5]}" fill-opacity=".55"/>`;
}

function outline(shares: readonly number[], y: (share: number) => number, bottom: number, step: number): string {
  return `<path d="${stairs(shares, y, bottom, step)}" fill="${palette[1]}" fill-opacity=".16" stroke="${palette[1]}" stroke-width="2" stroke-linejoin="round"/>`;
}

function stairs(shares: readonly number[], y: (share: number) => number, bottom: number, step: number): string {
  const steps = shares.map((share, i) => `V${px(y(share))}H${px(side + (i + 1) * step)}`);
  return `M${side} ${bottom}${steps.join("")}V${bottom}`;
}

function pairs({ before, now, scale }: DistributionChart, y: (share: number) => number, bottom: number, step: number) {
  const gap = step * 0.14;
  const width = step / 2 - gap;
  const bar = (share: number, x: number, what: string, paint: string) =>
    `<rect x="${px(x)}" y="${px(y(share))}" width="${px(width)}" height="${px(bottom - y(share))}" ${paint}><title>${escapeText(`${what}: ${percent(share)}`)}</title></rect>`;
  return before
    .map((share, i) => {
      const left = side + i * step + gap;
      return (
        bar(share, left, `${scale[i]} then`, `fill="${palette[5]}" fill-opacity=".55"`) +
        bar(now[i], left + width, `${scale[i]} now`, `fill="${palette[1]}" fill-opacity=".75"`)
      );
    })
    .join("");
}

/** Names of many parts are cut to the room they have. */
function scaleText(
  text: string,
  i: number,
  { scale, scaleAt, widthPx = 440 }: DistributionChart,
  y: number,
  step: number,
) {
  if (scaleAt === "middles") {
    const room = Math.max(2, Math.floor(step / 6.4));
    const shown = text.length > room ? `${text.slice(0, room - 1)}…` : text;
    return `<text class="tick" x="${px(side + (i + 0.5) * step)}" y="${y}" text-anchor="middle">${escapeText(shown)}<title>${escapeText(text)}</title></text>`;
  }
  const anchor = i === 0 ? "start" : i === scale.length - 1 ? "end" : "middle";
  const x = side + (i / Math.max(1, scale.length - 1)) * (widthPx - 2 * side);
  return `<text class="tick" x="${px(x)}" y="${y}" text-anchor="${anchor}">${escapeText(text)}</text>`;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
