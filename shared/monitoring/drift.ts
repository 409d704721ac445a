import { messageOf } from "../errors";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { debiasedJensenShannon } from "./jensenShannon";
import type { CategoryProfile, FeatureBins, NumberProfile, Profile, TrainingProfile } from "./profile";
import { wasserstein1 } from "./wasserstein";

export type DriftSettings = UsecaseSpec["monitors"]["drift"];
export type DriftVerdict = "ok" | "drift" | "insufficient_data" | "failed";

/** One feature's distance between training and target rows. */
export interface FeatureDrift {
  feature: string;
  statistic: "wasserstein1/sigma" | "jensenShannonDebiased";
  /** null where it could not be computed */
  value: number | null;
  threshold: number;
  thresholdOrigin: "effect size";
  verdict: DriftVerdict;
  baselineRows: number;
  targetRows: number;
  baselineMissingShare: number;
  targetMissingShare: number;
  baselineMean?: number;
  targetMean?: number;
  /** share of target rows with a category that training never saw */
  unseenShare?: number;
  reason?: string;
}

/** Every feature's result and the verdict over all of them. */
export interface DriftResult {
  verdict: DriftVerdict;
  baseline: "training rows";
  settings: DriftSettings;
  features: FeatureDrift[];
}

/** Compares a target window's profile with the training profile, feature by feature; one that fails never stops the others. */
export function compareProfiles(training: TrainingProfile, target: Profile, settings: DriftSettings): DriftResult {
  const features = training.bins.map((bins, i) =>
    compareSafely(bins, training.profile.features[i], target.features[i], settings),
  );
  return { verdict: overall(features, target.rows, settings), baseline: "training rows", settings, features };
}

function overall(features: FeatureDrift[], rows: number, settings: DriftSettings): DriftVerdict {
  if (rows < settings.minRows) return "insufficient_data";
  const having = (verdict: DriftVerdict) => features.filter((feature) => feature.verdict === verdict).length;
  if (having("drift") >= settings.minDriftedFeatures) return "drift";
  if (having("failed") === features.length) return "failed";
  return "ok";
}

type FeatureProfile = NumberProfile | CategoryProfile;

function compareSafely(
  bins: FeatureBins,
  baseline: FeatureProfile,
  target: FeatureProfile,
  settings: DriftSettings,
): FeatureDrift {
  const isNumber = bins.type === "number";
  const common = {
    feature: bins.name,
    statistic: isNumber ? ("wasserstein1/sigma" as const) : ("jensenShannonDebiased" as const),
    threshold: isNumber ? settings.numericThreshold : settings.categoricalThreshold,
    thresholdOrigin: "effect size" as const,
    baselineRows: baseline.count,
    targetRows: target.count,
    baselineMissingShare: share(baseline.missing, baseline.count + baseline.missing),
    targetMissingShare: share(target.missing, target.count + target.missing),
  };
  if (target.count + target.missing < settings.minRows) return { ...common, value: null, verdict: "insufficient_data" };
  try {
    const measured = isNumber
      ? compareNumbers(baseline as NumberProfile, target as NumberProfile)
      : compareCategories(baseline as CategoryProfile, target as CategoryProfile);
    const { alarm = false, ...shown } = measured;
    return { ...common, ...shown, verdict: alarm || shown.value > common.threshold ? "drift" : "ok" };
  } catch (error) {
    return { ...common, value: null, verdict: "failed", reason: messageOf(error) };
  }
}

/** What a comparison found; `alarm` is drift whatever the value. */
type Measured = { value: number; alarm?: boolean } & Partial<FeatureDrift>;

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Wasserstein-1 over the baseline's standard deviation, each bin standing at its own mean; 0 for the same constant. */
function compareNumbers(baseline: NumberProfile, target: NumberProfile): Measured {
  if (baseline.count === 0) throw new Error("the training rows have no value");
  if (target.count === 0) throw new Error("the target rows have no value");
  const baselineMean = baseline.sum / baseline.count;
  const variance = Math.max(0, baseline.sumSquares / baseline.count - baselineMean ** 2);
  const distance = wasserstein1(points(baseline), points(target));
  const scale = Math.max(Math.sqrt(variance), Math.abs(baselineMean) * 1e-6, Number.MIN_VALUE);
  const value = distance === 0 ? 0 : Math.min(distance / scale, Number.MAX_SAFE_INTEGER);
  return { value, baselineMean, targetMean: target.sum / target.count };
}

function points({ bins, binSums }: NumberProfile) {
  return { weights: bins, values: bins.map((count, i) => (count === 0 ? 0 : binSums[i] / count)) };
}

const rareShare = 0.01;
/** unseen values alarm by themselves from this share and this number of rows on */
const unseenAlarm = { share: 0.005, rows: 5 };

/**
 * Debiased Jensen-Shannon distance of the level counts. Levels under 1 % of the baseline are one bin; so are the rarest beyond what the
 * smaller sample can carry (B <= 1 + 0.014 n bins); unseen values have a bin of their own, and enough of them are drift in themselves.
 */
function compareCategories(baseline: CategoryProfile, target: CategoryProfile): Measured {
  if (baseline.count === 0) throw new Error("the training rows have no value");
  if (target.count === 0) throw new Error("the target rows have no value");
  const kept = keptLevels(baseline, Math.min(baseline.count, target.count));
  const counts = (profile: CategoryProfile) => [
    ...profile.levels.filter((_count, level) => kept.has(level)),
    profile.levels.reduce((sum, count, level) => sum + (kept.has(level) ? 0 : count), 0),
    profile.unseen,
  ];
  const unseenShare = target.unseen / target.count;
  const alarm = target.unseen >= unseenAlarm.rows && unseenShare >= unseenAlarm.share;
  return {
    value: debiasedJensenShannon(counts(baseline), counts(target)),
    unseenShare,
    ...(alarm && { reason: `${target.unseen} target rows hold values that the training rows never had` }),
    alarm,
  };
}

/** Levels with a bin of their own: frequent enough, and no more than `rows` can tell apart. */
function keptLevels({ levels, count }: CategoryProfile, rows: number): Set<number> {
  const most = Math.max(2, Math.floor(1 + 0.014 * rows));
  const frequent = levels.flatMap((rowsOfLevel, level) => (rowsOfLevel >= rareShare * count ? [level] : []));
  return new Set(frequent.sort((a, b) => levels[b] - levels[a]).slice(0, most));
}
