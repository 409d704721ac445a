import { seededRandom } from "../math/seededRandom";
import { quantile } from "./orderStatistics";

export interface BootstrapSettings {
  /** block per row; whole blocks are drawn, so that correlated rows stay together */
  blocks: Int32Array;
  seed: number;
  samples: number;
  /** 0.95 for a 95 % interval */
  confidence: number;
}

/**
 * of all draws together: where there are very many blocks (or rows, for metrics that cannot be summed over them) fewer
 * are drawn
 */
const maxCounted = 40_000_000;
/** plenty for the ends of a 95 % interval: their own error is then about a tenth of its half-width */
const minSamples = 400;

/** As many draws as are asked for, or as `perDraw` blocks or rows per draw allow. */
export function affordableSamples(samples: number, perDraw: number): number {
  return Math.min(samples, Math.max(minSamples, Math.floor(maxCounted / Math.max(1, perDraw))));
}

/** Rows by block; the blocks in the order of their numbers. */
export interface Blocks {
  count: number;
  /** 0 to count - 1, per row */
  ofRow: Int32Array;
}

/** Numbers the blocks from 0, in the order of their ids. */
export function numberBlocks(blocks: Int32Array): Blocks {
  const ids = [...new Set(blocks)].sort((a, b) => a - b);
  const place = new Map(ids.map((id, i) => [id, i]));
  return { count: ids.length, ofRow: blocks.map((id) => place.get(id) as number) };
}

/**
 * Means over the rows of each draw of blocks with replacement, one array of draws for each of `columns` (a value per
 * row); the same draws for all of them, so that they may be compared draw by draw.
 */
export function drawMeans(columns: Float64Array[], settings: BootstrapSettings): Float64Array[] {
  const { count, ofRow } = numberBlocks(settings.blocks);
  const sizes = new Float64Array(count);
  for (const block of ofRow) sizes[block]++;
  const sums = columns.map((values) => {
    const byBlock = new Float64Array(count);
    for (let row = 0; row < values.length; row++) byBlock[ofRow[row]] += values[row];
    return byBlock;
  });
  const samples = affordableSamples(settings.samples, count);
  const draws = columns.map(() => new Float64Array(samples));
  const random = seededRandom(settings.seed);
  const drawn = new Int32Array(count);
  for (let sample = 0; sample < samples; sample++) {
    let size = 0;
    for (let i = 0; i < count; i++) {
      drawn[i] = Math.floor(random() * count);
      size += sizes[drawn[i]];
    }
    for (let column = 0; column < sums.length; column++) {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += sums[column][drawn[i]];
      draws[column][sample] = sum / size;
    }
  }
  return draws;
}

/**
 * Values of each draw of blocks with replacement, one array of draws for each of `metrics`, which take how often each
 * row was drawn.
 */
export function drawWeighted(
  metrics: ((weights: Int32Array) => number)[],
  settings: BootstrapSettings,
): Float64Array[] {
  const { count, ofRow } = numberBlocks(settings.blocks);
  const samples = affordableSamples(settings.samples, ofRow.length);
  const draws = metrics.map(() => new Float64Array(samples));
  const random = seededRandom(settings.seed);
  const times = new Int32Array(count);
  const weights = new Int32Array(ofRow.length);
  for (let sample = 0; sample < samples; sample++) {
    times.fill(0);
    for (let i = 0; i < count; i++) times[Math.floor(random() * count)]++;
    for (let row = 0; row < weights.length; row++) weights[row] = times[ofRow[row]];
    for (let i = 0; i < metrics.length; i++) draws[i][sample] = metrics[i](weights);
  }
  return draws;
}

/**
 * The middle `confidence` of the draws, those that are NaN (a class was not drawn) left out; NaN where all rows are of
 * one block: every draw is then the same, and shows nothing of the uncertainty.
 */
export function percentileInterval(draws: Float64Array, { blocks, confidence }: BootstrapSettings) {
  if (blocks.every((block) => block === blocks[0])) return { low: Number.NaN, high: Number.NaN, samples: 0 };
  const sorted = draws.filter((value) => !Number.isNaN(value)).sort();
  const tail = (1 - confidence) / 2;
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail), samples: sorted.length };
}
