import { figure, percent } from "../figure";
import type { FeatureDrift } from "./featureDrift";

/** What moved in each feature, in words: for an alert's summary. */
export function describeDrift(features: FeatureDrift[]): string {
  const shown = features.slice(0, 10).map((feature) => `${feature.feature} (${changes(feature).join("; ")})`);
  return features.length > 10 ? `${shown.join(", ")} and ${features.length - 10} more` : shown.join(", ");
}

function changes(feature: FeatureDrift): string[] {
  const { drifted, baselineMissingShare, targetMissingShare, unseenShare = 0 } = feature;
  return drifted.map((kind) => {
    if (kind === "missing")
      return `missing in ${percent(targetMissingShare)} of the rows, ${percent(baselineMissingShare)} in training`;
    if (kind === "unseen") return `${percent(unseenShare)} of the values were never seen in training`;
    if (kind === "level") return levelText(feature);
    return distribution(feature);
  });
}

function levelText({ level }: FeatureDrift): string {
  const { value, threshold } = level ?? { value: Number.NaN, threshold: Number.NaN };
  const direction = value > 0 ? "above" : "below";
  return `${figure(Math.abs(value), 2)} deviations ${direction} what the season and the other columns explain, at most ${figure(threshold, 2)} in earlier windows`;
}

function distribution({ value, threshold, baselineMean, targetMean }: FeatureDrift): string {
  const distance = `distance ${figure(value ?? Number.NaN, 2)}, at most ${figure(threshold ?? Number.NaN, 2)} without drift`;
  if (baselineMean === undefined || targetMean === undefined) return `its values have other shares: ${distance}`;
  return `mean ${figure(targetMean, 3)}, ${figure(baselineMean, 3)} in training: ${distance}`;
}
