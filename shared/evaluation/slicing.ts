import { figure } from "../figure";
import { quantile } from "./orderStatistics";

/** A division of rows: an index into `levels` per row, -1 where the column's value is missing. */
export interface Slicing {
  column: string;
  levels: readonly string[];
  codes: Int32Array;
}

const mostLevels = 30;

/** Rows by the levels of a category; beyond 30 levels those with the fewest rows become "(other)". */
export function sliceByLevel(column: string, levels: readonly string[], codes: Int32Array): Slicing {
  if (levels.length <= mostLevels) return { column, levels, codes };
  const rows = new Float64Array(levels.length);
  for (const code of codes) if (code >= 0) rows[code]++;
  const kept = levels
    .map((_level, code) => code)
    .sort((a, b) => rows[b] - rows[a] || a - b)
    .slice(0, mostLevels - 1)
    .sort((a, b) => a - b);
  const place = new Map(kept.map((code, i) => [code, i]));
  return {
    column,
    levels: [...kept.map((code) => levels[code]), "(other)"],
    codes: codes.map((code) => (code < 0 ? -1 : (place.get(code) ?? kept.length))),
  };
}

/** Rows by quartile of a number (NaN is missing); fewer bins where values are tied. */
export function sliceByQuartile(column: string, values: ArrayLike<number>): Slicing {
  const sorted = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const inner = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share));
  // an edge at the highest value would leave nothing above it
  const edges = [...new Set(inner)].filter((edge) => edge < (sorted.at(-1) ?? 0));
  const shown = edges.map((edge) => figure(edge));
  const levels = shown.map((edge, i) => (i === 0 ? `at most ${edge}` : `above ${shown[i - 1]} to ${edge}`));
  levels.push(shown.length === 0 ? "all" : `above ${shown[shown.length - 1]}`);
  const binOf = (value: number) => edges.filter((edge) => edge < value).length;
  const codes = Int32Array.from(values, (value) => (Number.isNaN(value) ? -1 : binOf(value)));
  return { column, levels, codes };
}

/** Rows by month of the year, UTC, from epoch ms. */
export function sliceByMonth(column: string, times: Float64Array): Slicing {
  const levels = Array.from({ length: 12 }, (_, month) => `month ${String(month + 1).padStart(2, "0")}`);
  return { column, levels, codes: Int32Array.from(times, (time) => new Date(time).getUTCMonth()) };
}
