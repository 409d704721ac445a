import { messageOf } from "../errors";
import type { FeatureType } from "../featureTable";
import { percent } from "../figure";
import { compareCategories } from "./compareCategories";
import { compareNumbers } from "./compareNumbers";
import { effectiveMissingSizes, effectiveSizes } from "./dependence";
import { jensenShannonStatistic } from "./distances/jensenShannon";
import { wassersteinStatistic } from "./distances/wasserstein";
import type { Comparison, FeatureDrift, Measured } from "./featureDrift";
import { noDriftShares, type SampleSizes } from "./noDrift";
import type { CategoryProfile, FeatureProfile, NumberProfile } from "./profile";

type Compare = (comparison: Comparison, index: number, target: FeatureProfile, sizes: SampleSizes) => Measured;

/** How features of each type are compared. */
const comparisons: Record<FeatureType, { statistic: FeatureDrift["statistic"]; compare: Compare }> = {
  number: {
    statistic: wassersteinStatistic,
    compare: (comparison, index, target, sizes) => compareNumbers(comparison, index, target as NumberProfile, sizes),
  },
  category: {
    statistic: jensenShannonStatistic,
    compare: (comparison, index, target, sizes) =>
      compareCategories(comparison, index, target as CategoryProfile, sizes),
  },
};

/**
 * Judges one feature: the distribution of its known values and its share of missing ones; an error fails this feature
 * alone.
 */
export function compareFeature(comparison: Comparison, index: number, target: FeatureProfile): FeatureDrift {
  const { training, settings, dependence } = comparison;
  const bins = training.bins[index];
  const baseline = training.profile.features[index];
  const sizes = effectiveSizes(dependence, training, index, target);
  const missing = judgeMissing(comparison, index, target);
  const { statistic, compare } = comparisons[bins.type];
  const common: Omit<FeatureDrift, "verdict"> = {
    feature: bins.name,
    statistic,
    value: null,
    threshold: null,
    thresholdOrigin: "effect size",
    drifted: missing.alarm ? ["missing"] : [],
    baselineRows: baseline.count,
    targetRows: target.count,
    baselineEffectiveRows: rounded(sizes.baseline),
    targetEffectiveRows: rounded(sizes.target),
    baselineMissingShare: missing.baselineShare,
    targetMissingShare: missing.targetShare,
    missingThreshold: missing.threshold,
  };
  if (target.count + target.missing < settings.minRows) return { ...common, drifted: [], verdict: "insufficient_data" };
  if (baseline.count === 0 || target.count < settings.minRows)
    return { ...common, ...withoutValues(comparison, index, target, missing) };
  try {
    const measured = compare(comparison, index, target, sizes);
    const drifted = [...measured.drifted, ...common.drifted];
    const reason = [measured.reason, missing.reason].filter((text) => text !== undefined).join("; ") || undefined;
    return { ...common, ...measured, drifted, verdict: drifted.length > 0 ? "drift" : "ok", reason };
  } catch (error) {
    return { ...common, verdict: "failed", reason: messageOf(error) };
  }
}

/** The verdict where one side has too few known values to compare. */
function withoutValues(
  { training, settings }: Comparison,
  index: number,
  { count, missing }: FeatureProfile,
  judged: ReturnType<typeof judgeMissing>,
): Pick<FeatureDrift, "verdict" | "reason"> {
  if (judged.alarm) return { verdict: "drift", reason: judged.reason };
  if (training.profile.features[index].count === 0)
    return { verdict: "ok", reason: "neither the training rows nor these have a value to compare" };
  const expected = (count + missing) * (1 - judged.baselineShare);
  const known = `${count} of ${count + missing} rows have a value; ${settings.minRows} are needed (minRows)`;
  return expected >= settings.minRows && count < expected / 2
    ? { verdict: "failed", reason: `${known}; going by the training rows, ${Math.round(expected)} should` }
    : { verdict: "insufficient_data", reason: known };
}

function judgeMissing({ training, dependence, settings, z }: Comparison, index: number, target: FeatureProfile) {
  const baseline = training.profile.features[index];
  const sizes = effectiveMissingSizes(dependence, training, index, target);
  const targetShare = share(target.missing, target.count + target.missing);
  const baselineShare = share(baseline.missing, baseline.count + baseline.missing);
  const threshold = Math.max(settings.missingThreshold, noDriftShares(targetShare, baselineShare, sizes, z));
  const alarm = Math.abs(targetShare - baselineShare) >= threshold;
  const reason = alarm
    ? `the value is missing in ${percent(targetShare)} of the rows and in ${percent(baselineShare)} of the training rows`
    : undefined;
  return { targetShare, baselineShare, threshold, alarm, reason };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function rounded(rows: SampleSizes["target"]): number {
  return Math.round(rows * 10) / 10;
}
