import type { SelectionMetric } from "../usecase/selectionSpec";
import type { BootstrapSettings } from "./bootstrapDraws";
import { metricInterval } from "./metricInterval";
import { isBetter, selectionMetricValue } from "./selectionMetric";
import type { Slicing } from "./slicing";
import { takeRows } from "./takeRows";
import type { ModelOutput } from "./weightedMetric";

/** A metric on a part of the rows. */
export interface SliceMetric {
  column: string;
  /** the level, bin or month */
  slice: string;
  rows: number;
  /**
   * null where the slice has too few rows, or the metric is undefined on them; its interval also where every draw gave
   * the same value
   */
  value: number | null;
  low: number | null;
  high: number | null;
  /** the whole's value is better than the slice's whole interval */
  worse: boolean;
}

interface SliceSettings extends BootstrapSettings {
  /** a slice with fewer rows is counted but not judged */
  minRows: number;
}

/** The metric of each slice that has rows, with its block-bootstrap interval, beside the metric of all rows. */
export function sliceMetrics(
  metric: SelectionMetric,
  output: ModelOutput,
  slicing: Slicing,
  settings: SliceSettings,
): SliceMetric[] {
  const whole = selectionMetricValue(metric, output);
  const { column, levels, codes } = slicing;
  return [...levels.keys(), -1].flatMap((code) => {
    const rows = rowsOf(codes, code);
    if (rows.length === 0) return [];
    const slice = { column, slice: code < 0 ? "(missing)" : levels[code], rows: rows.length };
    if (rows.length < settings.minRows) return [{ ...slice, value: null, low: null, high: null, worse: false }];
    const blocks = rows.map((row) => settings.blocks[row]);
    const { value, ends } = metricInterval(metric, takeRows(output, rows), { ...settings, blocks });
    const worse = ends !== undefined && isBetter(metric, whole, ends.low) && isBetter(metric, whole, ends.high);
    return [{ ...slice, value: defined(value), low: ends?.low ?? null, high: ends?.high ?? null, worse }];
  });
}

function rowsOf(codes: Int32Array, code: number): Int32Array {
  return Int32Array.from(codes.keys()).filter((row) => codes[row] === code);
}

function defined(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
