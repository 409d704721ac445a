import { figure } from "../figure";
import { escapeText } from "./escapeText";
import { chartFrame, palette } from "./svg";

/** A cell: how much, as a multiple of the limit, and whether it counts as too much. */
export interface HeatCell {
  /** null where it is not known */
  value: number | null;
  isOver: boolean;
}

export interface HeatMap {
  title: string;
  description: string;
  /** below the map: what a cell's value is */
  valueLabel: string;
  columns: readonly string[];
  /** a cell for each column; null where there was nothing */
  rows: readonly { label: string; cells: readonly (HeatCell | null)[] }[];
  widthPx?: number;
}

const rowPx = 18;
const labelPx = 150;
const top = 36;
const right = 12;
const legendPx = 34;
/** a letter of a column's name below the map */
const letterPx = 6;

/**
 * Rows by columns as an SVG element: blue up to the limit and orange with a dark dot beyond it, each the stronger the
 * greater; what is not known is an empty frame. Each cell has its value as a tool tip.
 */
export function heatMap({ title, description, valueLabel, columns, rows, widthPx = 460 }: HeatMap): string {
  const step = (widthPx - labelPx - right) / Math.max(1, columns.length);
  const bottom = top + rows.length * rowPx;
  return chartFrame({
    title,
    description,
    widthPx,
    heightPx: bottom + 22 + legendPx,
    content: [
      ...rows.map((row, i) => rowOf(row, columns, top + i * rowPx, step)),
      ...columnNames(columns, bottom + 15, step),
      legend(valueLabel, bottom + 34),
    ],
  });
}

function rowOf({ label, cells }: HeatMap["rows"][number], columns: readonly string[], y: number, step: number): string {
  const shown = label.length > 20 ? `${label.slice(0, 19)}…` : label;
  const name = `<text class="tick" x="${labelPx - 8}" y="${y + 13}" text-anchor="end">${escapeText(shown)}<title>${escapeText(label)}</title></text>`;
  const drawn = cells.map((cell, i) => (cell === null ? "" : cellOf(cell, `${label}, ${columns[i]}`, i, y, step)));
  return `<g>${name}${drawn.join("")}</g>`;
}

function cellOf({ value, isOver }: HeatCell, what: string, column: number, y: number, step: number): string {
  const [x, width] = [labelPx + column * step, Math.max(1, step - 1)];
  const told = value === null ? "not judged" : `${figure(value, 3)} times the limit`;
  const tip = `<title>${escapeText(`${what}: ${told}${isOver ? ", too much" : ""}`)}</title>`;
  const place = `x="${px(x)}" y="${y + 1}" width="${px(width)}" height="${rowPx - 2}"`;
  if (value === null && !isOver) return `<rect class="faint" ${place}>${tip}</rect>`;
  const rect = `<rect ${place} fill="${isOver ? palette[1] : palette[0]}" fill-opacity="${strength(value, isOver)}">${tip}</rect>`;
  return isOver ? `${rect}<circle class="dot" cx="${px(x + width / 2)}" cy="${y + rowPx / 2}" r="2"/>` : rect;
}

/** From faint at nothing to full at the limit; beyond it from medium to full at three times as much. */
function strength(value: number | null, isOver: boolean): string {
  const share = Math.max(0, Math.min(1, isOver ? ((value ?? 1) - 1) / 2 : (value ?? 0)));
  return (isOver ? 0.5 + 0.5 * share : 0.06 + 0.44 * share).toFixed(2);
}

function columnNames(columns: readonly string[], y: number, step: number): string[] {
  const longest = Math.max(1, ...columns.map((name) => name.length)) * letterPx + 10;
  const every = Math.ceil(longest / step);
  return columns.flatMap((name, i) =>
    i % every === 0 ? [`<text class="tick" x="${px(labelPx + i * step)}" y="${y}">${escapeText(name)}</text>`] : [],
  );
}

function legend(valueLabel: string, y: number): string {
  const swatch = (x: number, isOver: boolean, text: string) =>
    `<rect x="${x}" y="${y}" width="12" height="12" fill="${isOver ? palette[1] : palette[0]}" fill-opacity="${isOver ? 0.8 : 0.3}"/>` +
    (isOver ? `<circle class="dot" cx="${x + 6}" cy="${y + 6}" r="2"/>` : "") +
    `<text class="tick" x="${x + 18}" y="${y + 10}">${escapeText(text)}</text>`;
  return swatch(12, false, `in order; darker is nearer to ${valueLabel}`) + swatch(290, true, "drift");
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
