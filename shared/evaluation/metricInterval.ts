import type { SelectionMetric } from "../usecase/selectionSpec";
import { allOrNoneInterval } from "./allOrNoneInterval";
import type { BootstrapSettings } from "./bootstrapDraws";
import { bootstrapInterval } from "./pairedBootstrap";
import type { ModelOutput } from "./weightedMetric";

/**
 * An output's metric and its interval. Where every draw gave the metric's best or worst value, the draws cannot show
 * the uncertainty: the interval is then the exact one where there is one (an accuracy of all or none), else there is
 * none; nor is there one where no draw has a value.
 */
export function metricInterval(
  metric: SelectionMetric,
  output: ModelOutput,
  settings: BootstrapSettings,
): { value: number; ends?: { low: number; high: number } } {
  const { value, low, high, blocks } = bootstrapInterval(metric, output, settings);
  const isAtEnd = low === high && (value === 0 || Math.abs(value) === 1);
  if (!isAtEnd) return Number.isNaN(value) || Number.isNaN(low) ? { value } : { value, ends: { low, high } };
  if (metric !== "accuracy") return { value };
  return { value, ends: allOrNoneInterval(value as 0 | 1, blocks, settings.confidence) };
}
