import type { FeatureBins, FeatureProfile } from "../profile";

/** Where the values of a column lie. */
export interface ColumnSummary {
  rows: number;
  mean: number | null;
  deviation: number | null;
  /** of the bin that holds the middle row, the mean */
  median: number | null;
  /** of the bin that holds most rows for its width, the mean; of categories the most frequent */
  mode: number | string | null;
}

const nothing = { mean: null, deviation: null, median: null, mode: null };

/** Mean, deviation, median and mode of a column, from its bins. */
export function columnSummary(bins: FeatureBins, profile: FeatureProfile): ColumnSummary {
  const { count: rows } = profile;
  if (rows === 0) return { rows, ...nothing };
  if (bins.type === "category") {
    const { levels } = profile as { levels: number[] } & FeatureProfile;
    return { rows, ...nothing, mode: bins.levels[levels.indexOf(Math.max(...levels))] ?? null };
  }
  if (!("bins" in profile)) throw new Error(`${bins.name} is not counted as a number`);
  const mean = profile.sum / rows;
  const deviation = Math.sqrt(Math.max(0, profile.sumSquares / rows - mean * mean));
  const means = profile.bins.map((count, i) => (count === 0 ? Number.NaN : profile.binSums[i] / count));
  return { rows, mean, deviation, median: median(profile.bins, means), mode: mode(profile.bins, means, bins.edges) };
}

function median(counts: number[], means: number[]): number {
  const half = counts.reduce((sum, count) => sum + count, 0) / 2;
  let below = 0;
  for (const [i, count] of counts.entries()) {
    below += count;
    if (count > 0 && below >= half) return means[i];
  }
  return Number.NaN;
}

/** Bins lie at quantiles of training, so that a bin is narrow where values are dense; the outer two are open. */
function mode(counts: number[], means: number[], edges: number[]): number {
  let best = { at: counts.indexOf(Math.max(...counts)), density: 0 };
  for (let i = 1; i < counts.length - 1; i++) {
    const density = counts[i] / (edges[i] - edges[i - 1]);
    if (density > best.density) best = { at: i, density };
  }
  return means[best.at];
}
