import type { FeatureType } from "../featureTable";
import { compareFeature } from "./compareFeature";
import { type Dependence, judgeDependence } from "./dependence";
import type { DriftSettings } from "./driftSettings";
import type { FeatureDrift } from "./featureDrift";
import { normalTail } from "./noDrift";
import type { Profile } from "./profile";
import type { TrainingProfile } from "./trainingProfile";
import type { Verdict } from "./verdict";

/** Every feature's result and the verdict over all of them. */
export interface DriftResult {
  verdict: Verdict;
  /** "training rows", or which days of them and of earlier captured rows */
  baseline: string;
  /** windows of history that made the thresholds, how many do not overlap, and the days of the baseline */
  history?: { windows: number; independent: number; days: number };
  /** the time of the training rows, where they have one */
  baselineSpan?: { from: string; to: string };
  settings: DriftSettings;
  /** the share of windows without drift in which any of the tests may raise an alarm */
  falseAlarmShare: number;
  /** how many tests share it: each feature's distribution and missing values, each category's unseen values */
  tests: number;
  dependence: Dependence;
  /** what is missing, where the verdict says nothing of drift */
  reason?: string;
  /** what a reader should know before trusting the verdict */
  notes: string[];
  features: FeatureDrift[];
}

const falseAlarmShare = 0.001;
/** of a feature: its values, whether they are missing, and for categories the ones that training never saw */
const testsOf: Record<FeatureType, number> = { number: 2, category: 3 };

/**
 * Compares a target window's profile with the training profile, feature by feature; one that fails never stops the
 * others.
 */
export function compareProfiles(training: TrainingProfile, target: Profile, settings: DriftSettings): DriftResult {
  const tests = training.bins.reduce((sum, { type }) => sum + testsOf[type], 0);
  const dependence = judgeDependence(training, target);
  const z = normalTail(falseAlarmShare / Math.max(1, tests));
  const features = target.features.map((feature, i) =>
    compareFeature({ training, settings, dependence, z }, i, feature),
  );
  return {
    ...overall(features, target.rows, settings),
    baseline: "training rows",
    ...(training.reference?.span && { baselineSpan: training.reference.span }),
    settings,
    falseAlarmShare,
    tests,
    dependence,
    notes: [],
    features,
  };
}

/** The verdict over all features. */
export function overall(
  features: FeatureDrift[],
  rows: number,
  { minRows, minDriftedFeatures }: DriftSettings,
): Pick<DriftResult, "verdict" | "reason"> {
  if (rows < minRows) return { verdict: "insufficient_data", reason: `${rows} rows; ${minRows} are needed (minRows)` };
  const having = (verdict: Verdict) => features.filter((feature) => feature.verdict === verdict);
  if (having("drift").length >= minDriftedFeatures) return { verdict: "drift" };
  const failed = having("failed");
  if (failed.length > 0) return { verdict: "failed", reason: namedReasons(failed) };
  const lacking = having("insufficient_data").filter(({ baselineMissingShare }) => !isSparse(baselineMissingShare));
  if (lacking.length > 0) return { verdict: "insufficient_data", reason: namedReasons(lacking) };
  if (having("insufficient_data").length === features.length)
    return { verdict: "insufficient_data", reason: `no feature has ${minRows} known values (minRows)` };
  return { verdict: "ok" };
}

/**
 * A feature that is missing in most training rows has too few values in many windows, and would hold back the verdict
 * for ever.
 */
function isSparse(missingShare: number): boolean {
  return missingShare > 0.5;
}

/** How many rows have at least `minRows` known values of each feature, as in training; sparse features do not count. */
export function rowsNeeded({ profile }: TrainingProfile, minRows: number): number {
  const shares = profile.features.map(({ count, missing }) => missing / (count + missing));
  const most = Math.max(0, ...shares.filter((share) => !isSparse(share)));
  return Math.ceil(minRows / (1 - most));
}

/** The reasons of a few features by name. */
function namedReasons(features: FeatureDrift[]): string {
  const shown = features.slice(0, 5).map(({ feature, reason }) => `${feature}: ${reason}`);
  return features.length > 5 ? `${shown.join("; ")}; and ${features.length - 5} more` : shown.join("; ");
}
