import type { SelectionMetric } from "../usecase/selectionSpec";
import { type BootstrapSettings, drawMeans, drawWeighted, numberBlocks, percentileInterval } from "./bootstrapDraws";
import { selectionMetricValue } from "./selectionMetric";
import { type ModelOutput, meanMetric, weightedMetric } from "./weightedMetric";

export interface BootstrapInterval {
  low: number;
  high: number;
  /** draws in which the metric was defined */
  samples: number;
  blocks: number;
}

/**
 * Percentile interval of the difference of a metric between two outputs on the same rows (first minus second), by
 * resampling blocks with replacement. Source: B. Efron, R. Tibshirani, "An Introduction to the Bootstrap", 1993,
 * chapters 8 and 13.
 */
export function pairedBootstrap(
  metric: SelectionMetric,
  first: ModelOutput,
  second: ModelOutput,
  settings: BootstrapSettings,
): BootstrapInterval & { difference: number } {
  const [a, b] = drawValues(metric, [first, second], settings);
  return {
    difference: selectionMetricValue(metric, first) - selectionMetricValue(metric, second),
    ...percentileInterval(
      a.map((value, sample) => value - b[sample]),
      settings,
    ),
    blocks: numberBlocks(settings.blocks).count,
  };
}

/** Percentile interval of one output's own metric, by the same draws. */
export function bootstrapInterval(
  metric: SelectionMetric,
  output: ModelOutput,
  settings: BootstrapSettings,
): BootstrapInterval & { value: number } {
  const [draws] = drawValues(metric, [output], settings);
  return {
    value: selectionMetricValue(metric, output),
    ...percentileInterval(draws, settings),
    blocks: numberBlocks(settings.blocks).count,
  };
}

/**
 * The metric of each output in each draw; means are drawn from sums over blocks, which takes a fraction of the time.
 */
function drawValues(metric: SelectionMetric, outputs: ModelOutput[], settings: BootstrapSettings): Float64Array[] {
  const means = outputs.map((output) => meanMetric(metric, output)).filter((mean) => mean !== undefined);
  if (means.length < outputs.length)
    return drawWeighted(
      outputs.map((output) => weightedMetric(metric, output)),
      settings,
    );
  const draws = drawMeans(
    means.map(({ byRow }) => byRow),
    settings,
  );
  return draws.map((values, i) => values.map(means[i].ofMean));
}
