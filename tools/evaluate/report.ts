import type { BootstrapSettings } from "../../shared/evaluation/bootstrapDraws";
import { bootstrapInterval } from "../../shared/evaluation/pairedBootstrap";
import type { ModelOutput } from "../../shared/evaluation/weightedMetric";
import { figure } from "../../shared/figure";
import type { SelectionMetric } from "../../shared/usecase/selectionSpec";
import type { EvaluatedTable } from "./readTable";

/**
 * The result of one command: metrics by name (null if undefined), intervals of some, and details for the JSON output
 * only.
 */
export interface EvaluationReport {
  rows: number;
  metrics: Record<string, number | null>;
  intervals?: Record<string, { low: number; high: number }>;
  details?: Record<string, unknown>;
}

/** How intervals are bootstrapped: over blocks of rows with the same value in a column, or over single rows. */
export interface IntervalOptions {
  blocks?: string;
  samples: number;
  confidence: number;
  seed: number;
}

/** Block bootstrap intervals of `metrics`; none for a metric that is undefined on these rows. */
export function intervalsOf(
  metrics: readonly SelectionMetric[],
  output: ModelOutput,
  table: EvaluatedTable,
  options: IntervalOptions,
): Record<string, { low: number; high: number }> {
  const settings: BootstrapSettings = { ...options, blocks: blocksOf(table, options.blocks) };
  const intervals = metrics.map((metric) => {
    const { low, high } = bootstrapInterval(metric, output, settings);
    return [metric, { low, high }] as const;
  });
  return Object.fromEntries(intervals.filter(([, { low }]) => !Number.isNaN(low)));
}

function blocksOf(table: EvaluatedTable, column?: string): Int32Array {
  if (column === undefined) return Int32Array.from({ length: table.rowCount }, (_, row) => row);
  const place = new Map<string, number>();
  return Int32Array.from(table.texts(column), (text) => {
    const known = place.get(text) ?? place.size;
    place.set(text, known);
    return known;
  });
}

/** The report as lines for people: name, value, interval. */
export function describeReport({ rows, metrics, intervals = {} }: EvaluationReport): string {
  const width = Math.max(...Object.keys(metrics).map((name) => name.length), "rows".length);
  const lines = Object.entries(metrics).map(([name, value]) => {
    const interval = intervals[name];
    const shown = value === null ? "undefined" : figure(value, 6);
    return `${name.padEnd(width)}  ${shown}${interval ? `  [${figure(interval.low, 6)}, ${figure(interval.high, 6)}]` : ""}`;
  });
  return [`${"rows".padEnd(width)}  ${rows}`, ...lines].join("\n");
}
