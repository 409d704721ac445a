import { escapeText } from "./escapeText";
import { chartFrame, palette } from "./svg";

/** A row of a timeline: what lasted, and what happened at an instant; both ms. */
export interface Lane {
  label: string;
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
  const ticks = dateTicks(fromMs, toMs).map(
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
      ...lanes.map((lane, i) => laneOf(lane, top + (i + 0.5) * lanePx, palette[i % palette.length], x)),
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

const dayMs = 86_400_000;
const steps = [1, 2, 7, 14] as const;

/** Some eight dates: days of a short range, firsts of months of a longer one. */
function dateTicks(fromMs: number, toMs: number): { atMs: number; text: string }[] {
  const days = (toMs - fromMs) / dayMs;
  const step = steps.find((one) => days / one <= 9);
  if (step !== undefined) {
    const first = Math.ceil(fromMs / dayMs) * dayMs;
    const count = Math.floor((toMs - first) / (step * dayMs)) + 1;
    return Array.from({ length: Math.max(0, count) }, (_, i) => dated(first + i * step * dayMs, 5));
  }
  const every = Math.ceil(days / 30.4 / 9);
  const ticks: { atMs: number; text: string }[] = [];
  const month = new Date(fromMs);
  month.setUTCDate(1);
  month.setUTCHours(0, 0, 0, 0);
  for (; month.getTime() <= toMs; month.setUTCMonth(month.getUTCMonth() + every))
    if (month.getTime() >= fromMs) ticks.push(dated(month.getTime(), 0));
  return ticks;
}

function dated(atMs: number, from: number): { atMs: number; text: string } {
  const iso = new Date(atMs).toISOString();
  return { atMs, text: from > 0 ? iso.slice(from, 10) : iso.slice(0, 7) };
}
