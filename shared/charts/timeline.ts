import { dateTicks } from "./dateTicks";
import { escapeText } from "./escapeText";
import { chartFrame, palette } from "./svg";

/** A row of a timeline: what lasted, and what happened at an instant; both ms. */
export interface Lane {
  label: string;
  /** by default each lane has the next one of the palette */
  color?: string;
  spans?: readonly { fromMs: number; toMs: number; title: string }[];
  marks?: readonly { atMs: number; title: string }[];
}

export interface Timeline {
  title: string;
  description: string;
  fromMs: number;
  toMs: number;
  lanes: readonly Lane[];
  widthPx?: number;
}

const lanePx = 26;
const top = 36;
const labelPx = 150;
const right = 16;

/** Lanes over a shared axis of dates (UTC): spans as bars, instants as diamonds, each with its title as a tool tip. */
export function timeline({ title, description, fromMs, toMs, lanes, widthPx = 860 }: Timeline): string {
  const x = (atMs: number) => {
    const share = Math.min(1, Math.max(0, (atMs - fromMs) / (toMs - fromMs)));
    return (labelPx + share * (widthPx - labelPx - right)).toFixed(1);
  };
  const bottom = top + lanes.length * lanePx;
  const ticks = dateTicks(fromMs, toMs, widthPx > 600 ? 9 : 6).map(
    ({ atMs, text }) =>
      `<line class="grid" x1="${x(atMs)}" x2="${x(atMs)}" y1="${top}" y2="${bottom}"/>` +
      `<text class="tick" x="${x(atMs)}" y="${bottom + 16}" text-anchor="middle">${text}</text>`,
  );
  return chartFrame({
    title,
    description,
    widthPx,
    heightPx: bottom + 26,
    content: [
      ...ticks,
      ...lanes.map((lane, i) => laneOf(lane, top + (i + 0.5) * lanePx, lane.color ?? palette[i % palette.length], x)),
    ],
  });
}

function laneOf(
  { label, spans = [], marks = [] }: Lane,
  middle: number,
  color: string,
  x: (atMs: number) => string,
): string {
  const shown = label.length > 24 ? `${label.slice(0, 23)}…` : label;
  const bars = spans.map(({ fromMs, toMs, title }) => {
    const width = Math.max(2, Number(x(toMs)) - Number(x(fromMs)));
    return `<rect x="${x(fromMs)}" y="${middle - 8}" width="${width.toFixed(1)}" height="16" rx="3" fill="${color}" fill-opacity=".45"><title>${escapeText(title)}</title></rect>`;
  });
  const diamonds = marks.map(
    ({ atMs, title }) =>
      `<path d="M${x(atMs)} ${middle - 7}l6 7l-6 7l-6 -7z" fill="${color}"><title>${escapeText(title)}</title></path>`,
  );
  const text = `<text class="label" x="12" y="${middle + 4}">${escapeText(shown)}<title>${escapeText(label)}</title></text>`;
  return text + bars.join("") + diamonds.join("");
}
