import { seededRandom } from "../random";
import type { SelectionMetric } from "../usecase/usecaseSpec";
import { type ClassifierOutput, decidedClasses } from "./classifierOutput";
import { brierByRow, logLossByRow } from "./probabilityScores";
import { selectionMetricValue } from "./selectionMetric";

export interface BootstrapSettings {
  /** block a row; whole blocks are drawn, so that rows that hang together stay together */
  blocks: Int32Array;
  seed: number;
  samples: number;
  /** 0.95 for a 95 % interval */
  confidence: number;
}

export interface BootstrapInterval {
  /** metric of the first output minus metric of the second */
  difference: number;
  low: number;
  high: number;
  samples: number;
  blocks: number;
}

/** Metrics that cannot be summed over rows are drawn fewer times: each draw sorts or counts all rows again. */
const maxResampledRows = 40_000_000;

/**
 * Percentile interval of the difference of a metric between two outputs on the same rows, by resampling blocks with replacement.
 * Source: B. Efron, R. Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 8 and 13.
 */
export function pairedBootstrap(
  metric: SelectionMetric,
  first: ClassifierOutput,
  second: ClassifierOutput,
  settings: BootstrapSettings,
): BootstrapInterval {
  const groups = groupRows(settings.blocks);
  const byRow = rowDifferences(metric, first, second);
  const draw = byRow ? additiveDraws(byRow, groups, settings) : resampledDraws(metric, first, second, groups, settings);
  const sorted = draw.filter((value) => !Number.isNaN(value)).sort();
  const tail = (1 - settings.confidence) / 2;
  return {
    difference: selectionMetricValue(metric, first) - selectionMetricValue(metric, second),
    low: quantile(sorted, tail),
    high: quantile(sorted, 1 - tail),
    samples: sorted.length,
    blocks: groups.length,
  };
}

function groupRows(blocks: Int32Array): Int32Array[] {
  const byBlock = new Map<number, number[]>();
  for (let row = 0; row < blocks.length; row++) {
    const rows = byBlock.get(blocks[row]);
    if (rows) rows.push(row);
    else byBlock.set(blocks[row], [row]);
  }
  return [...byBlock.keys()].sort((a, b) => a - b).map((block) => Int32Array.from(byBlock.get(block) as number[]));
}

/** Difference a row for metrics that are means over rows; undefined for the others. */
function rowDifferences(
  metric: SelectionMetric,
  first: ClassifierOutput,
  second: ClassifierOutput,
): Float64Array | undefined {
  const byRow = { brier: brierByRow, logLoss: logLossByRow, accuracy: hitsByRow }[metric as "brier"];
  if (byRow === undefined) return undefined;
  const a = byRow(first);
  const b = byRow(second);
  return a.map((value, row) => value - b[row]);
}

function hitsByRow(output: ClassifierOutput): Float64Array {
  const decided = decidedClasses(output);
  return Float64Array.from(output.target, (actual, row) => (decided[row] === actual ? 1 : 0));
}

function additiveDraws(byRow: Float64Array, groups: Int32Array[], { seed, samples }: BootstrapSettings): Float64Array {
  const random = seededRandom(seed);
  const sums = Float64Array.from(groups, (rows) => rows.reduce((sum, row) => sum + byRow[row], 0));
  const sizes = Float64Array.from(groups, (rows) => rows.length);
  const draws = new Float64Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    let sum = 0;
    let size = 0;
    for (let i = 0; i < sums.length; i++) {
      const block = Math.floor(random() * sums.length);
      sum += sums[block];
      size += sizes[block];
    }
    draws[sample] = sum / size;
  }
  return draws;
}

function resampledDraws(
  metric: SelectionMetric,
  first: ClassifierOutput,
  second: ClassifierOutput,
  groups: Int32Array[],
  { seed, samples }: BootstrapSettings,
): Float64Array {
  const random = seededRandom(seed);
  const affordable = Math.max(200, Math.floor(maxResampledRows / Math.max(1, first.target.length)));
  const draws = new Float64Array(Math.min(samples, affordable));
  for (let sample = 0; sample < draws.length; sample++) {
    const rows = groups.flatMap(() => Array.from(groups[Math.floor(random() * groups.length)]));
    draws[sample] = selectionMetricValue(metric, take(first, rows)) - selectionMetricValue(metric, take(second, rows));
  }
  return draws;
}

function take(output: ClassifierOutput, rows: number[]): ClassifierOutput {
  const width = output.classes.length;
  const probabilities = new Float64Array(rows.length * width);
  for (let i = 0; i < rows.length; i++)
    for (let code = 0; code < width; code++)
      probabilities[i * width + code] = output.probabilities[rows[i] * width + code];
  return { ...output, target: Int32Array.from(rows, (row) => output.target[row]), probabilities };
}

/** Linear interpolation between order statistics (type 7), of sorted values. */
function quantile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
