import { type DriftResult, overall } from "../drift";
import type { FeatureDrift } from "../featureDrift";
import type { Profile } from "../profile";
import type { TrainingProfile } from "../trainingProfile";
import type { BaselineKind } from "./baselineDays";
import type { ColumnScale } from "./columnDistance";
import type { DayHistory, DayRange } from "./dayHistory";
import { type ColumnJudgement, judgeByHistory } from "./judgeByHistory";

/** What is known of a window's history. */
export interface WindowHistory {
  history: DayHistory;
  /** the training days alone, and the list that they came from */
  trained: DayHistory;
  trainingDays: object;
  kind: BaselineKind;
  /** which days the baseline is, in words */
  told: string;
  window: DayRange;
  /** where the days of a trailing baseline end, if not where the window starts */
  until?: number;
  /** cycles by column, of the cyclic ones */
  cycles: (number | undefined)[];
}

/**
 * The result by windows of history: each distribution is compared with the baseline's, and moves where windows of
 * history hardly ever did. Missing and unseen values stay as they were judged beside all training rows. Undefined where
 * there is too little history.
 */
export function compareByHistory(
  result: DriftResult,
  training: TrainingProfile,
  target: Profile,
  { history, trained, trainingDays, kind, told, window, until, cycles }: WindowHistory,
): DriftResult | undefined {
  const { settings } = result;
  const { bins } = training;
  const judged = judgeByHistory({
    bins,
    scales: bins.map((_one, i) => scaleOf(training, i, cycles[i])),
    history,
    trained,
    trainingDays,
    kind,
    length: window.to - window.from,
    window,
    ...(until !== undefined && { until }),
    target,
    effectSizes: bins.map(({ type }) =>
      type === "number" ? settings.numericThreshold : settings.categoricalThreshold,
    ),
    falseDiscoveryRate: settings.falseDiscoveryRate,
  });
  if (judged === undefined) return undefined;
  const features = result.features.map((feature, i) => withJudgement(feature, judged.columns[i]));
  const { windows, independent, baselineDays } = judged;
  const { verdict, reason } = overall(features, target.rows, settings);
  const { reason: _earlier, ...rest } = result;
  return {
    ...rest,
    verdict,
    ...(reason !== undefined && { reason }),
    baseline: told,
    history: { windows, independent, days: baselineDays },
    features,
  };
}

function scaleOf({ profile, reference }: TrainingProfile, index: number, cyclic: number | undefined): ColumnScale {
  const deviation = reference?.features[index].shape?.deviation ?? 0;
  return "bins" in profile.features[index] && cyclic !== undefined ? { deviation, cyclic } : { deviation };
}

function withJudgement(feature: FeatureDrift, judged: ColumnJudgement | undefined): FeatureDrift {
  const isJudged = feature.value !== null && feature.threshold !== null;
  if (judged === undefined || !isJudged) return feature;
  const { distance, level, statistic, baselineMean, baselineRows } = judged;
  const others = feature.drifted.filter((kind) => kind !== "distribution");
  const drifted = [
    ...(distance.isBeyond ? ["distribution" as const] : []),
    ...(level?.isBeyond ? ["level" as const] : []),
    ...others,
  ];
  return {
    ...feature,
    statistic,
    value: distance.value,
    threshold: distance.threshold,
    thresholdOrigin: distance.isEffectSize ? "effect size" : "window history",
    drifted,
    baselineRows,
    ...(baselineMean !== undefined && { baselineMean }),
    ...(level && { level: { value: level.value, threshold: level.threshold } }),
    ...((distance.isClear || level?.isClear === true) && { isClear: true as const }),
    verdict: drifted.length > 0 ? "drift" : "ok",
  };
}
