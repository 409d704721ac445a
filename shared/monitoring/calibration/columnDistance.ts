import { points } from "../compareNumbers";
import { circularStatistic, circularWasserstein } from "../distances/circularWasserstein";
import { debiasedJensenShannon, jensenShannonStatistic } from "../distances/jensenShannon";
import { wasserstein1, wassersteinStatistic } from "../distances/wasserstein";
import type { CategoryProfile, FeatureProfile } from "../profile";

/** How one column is compared. */
export interface ColumnScale {
  /** training standard deviation of a number */
  deviation: number;
  /** length of the cycle of a cyclic number */
  cyclic?: number;
}

export type ColumnStatistic = typeof wassersteinStatistic | typeof jensenShannonStatistic | typeof circularStatistic;

export function columnStatistic(feature: FeatureProfile, { cyclic }: ColumnScale): ColumnStatistic {
  if (!("bins" in feature)) return jensenShannonStatistic;
  return cyclic === undefined ? wassersteinStatistic : circularStatistic;
}

const rareShare = 0.01;

/**
 * Distance of two counts of a column: of numbers Wasserstein-1 over the training deviation, on a circle over a quarter
 * of it; of categories debiased Jensen-Shannon. NaN where one side has no value; 0 where training has one value only.
 */
export function columnDistance(before: FeatureProfile, now: FeatureProfile, scale: ColumnScale): number {
  if (before.count === 0 || now.count === 0) return Number.NaN;
  if (!("bins" in before) || !("bins" in now))
    return categoryDistance(before as CategoryProfile, now as CategoryProfile);
  const { deviation, cyclic } = scale;
  if (cyclic !== undefined) return circularWasserstein(points(before), points(now), cyclic) / (cyclic / 4);
  return deviation > 0 ? wasserstein1(points(before), points(now)) / deviation : 0;
}

/** Levels under 1 % of the baseline are one with the unseen. */
function categoryDistance(before: CategoryProfile, now: CategoryProfile): number {
  const isRare = before.levels.map((rows) => rows < rareShare * before.count);
  const counts = ({ levels, unseen }: CategoryProfile) => [
    levels.reduce((sum, rows, i) => (isRare[i] ? sum + rows : sum), unseen),
    ...levels.filter((_rows, i) => !isRare[i]),
  ];
  return debiasedJensenShannon(counts(before), counts(now));
}
