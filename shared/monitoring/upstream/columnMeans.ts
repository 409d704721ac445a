import type { FeatureBins, NumberProfile, Profile } from "../profile";
import type { CellFaults } from "../windowProfile";

/** a mean counts values outside the declared range when they are at least this share: fewer are outliers */
const outsideShare = 0.05;

/** Mean and deviation of the numbers that came, whether or not in the declared range. */
export interface ColumnMean {
  count: number;
  mean: number;
  deviation: number;
}

/** Of each number column, in the order of the bins; undefined for categories and where no value is known. */
export function columnMeans(
  bins: readonly FeatureBins[],
  { features }: Profile,
  faults?: readonly CellFaults[],
): (ColumnMean | undefined)[] {
  return bins.map(({ type }, i) => (type === "number" ? meanOf(features[i] as NumberProfile, faults?.[i]) : undefined));
}

function meanOf(profile: NumberProfile, faults?: CellFaults): ColumnMean | undefined {
  let { count, sum, sumSquares } = profile;
  const outside = faults?.outside;
  if (outside && faults.outOfRange >= outsideShare * (count + faults.outOfRange)) {
    count += faults.outOfRange;
    sum += outside.sum;
    sumSquares += outside.sumSquares;
  }
  if (count === 0) return undefined;
  const mean = sum / count;
  return { count, mean, deviation: Math.sqrt(Math.max(0, sumSquares / count - mean * mean)) };
}
