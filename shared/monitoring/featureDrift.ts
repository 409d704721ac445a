import type { Dependence } from "./dependence";
import type { circularStatistic } from "./distances/circularWasserstein";
import type { jensenShannonStatistic } from "./distances/jensenShannon";
import type { wassersteinStatistic } from "./distances/wasserstein";
import type { DriftSettings } from "./driftSettings";
import type { ThresholdOrigin } from "./threshold";
import type { TrainingProfile } from "./trainingProfile";
import type { Verdict } from "./verdict";

/** One feature's distance between training and target rows, and what else was judged of it. */
export interface FeatureDrift {
  feature: string;
  statistic: typeof wassersteinStatistic | typeof jensenShannonStatistic | typeof circularStatistic;
  /** null where it could not be computed */
  value: number | null;
  threshold: number | null;
  thresholdOrigin: ThresholdOrigin;
  /** over everything that was judged of the feature */
  verdict: Verdict;
  /** what was found to be drift */
  drifted: ("distribution" | "level" | "missing" | "unseen")[];
  /** known values on either side */
  baselineRows: number;
  targetRows: number;
  /** how many independent values they are worth */
  baselineEffectiveRows: number;
  targetEffectiveRows: number;
  baselineMissingShare: number;
  targetMissingShare: number;
  /** how far apart the shares of missing values may be */
  missingThreshold: number;
  baselineMean?: number;
  targetMean?: number;
  /** share of target rows with a category that training never saw, and the share from which that is drift */
  unseenShare?: number;
  unseenThreshold?: number;
  /** it moved so far that no other window need confirm it */
  isClear?: true;
  /** what the mean has moved beyond what the other columns explain, in training deviations, and its limit */
  level?: { value: number; threshold: number };
  reason?: string;
}

/** What a comparison of the known values found. */
export type Measured = {
  value: number;
  drifted: FeatureDrift["drifted"];
} & Partial<FeatureDrift>;

export interface Comparison {
  training: TrainingProfile;
  settings: DriftSettings;
  dependence: Dependence;
  /** a standard normal variable exceeds this with the probability that one test may alarm without drift */
  z: number;
}
