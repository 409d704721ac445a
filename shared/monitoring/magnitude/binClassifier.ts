import type { FeatureProfile } from "../profile";
import { type Block, type Fold, matthews } from "./block";

/**
 * Held-out Matthews correlation of the best classifier by one feature's bins: a row is taken for the target's where its
 * bin, missing or unseen values being bins of their own, is more frequent there. Sees any change of one distribution.
 */
export function binMatthews(folds: readonly Fold[], feature: number): number {
  const held = { hits: 0, falseHits: 0, targetRows: 0, baselineRows: 0 };
  for (const { learn, judge } of folds) {
    const baseline = shares(learn.baseline, feature);
    const target = shares(learn.target, feature);
    const isTarget = target.map((share, bin) => share > baseline[bin]);
    for (const [bin, count] of counts(judge.target, feature).entries()) {
      held.targetRows += count;
      if (isTarget[bin]) held.hits += count;
    }
    for (const [bin, count] of counts(judge.baseline, feature).entries()) {
      held.baselineRows += count;
      if (isTarget[bin]) held.falseHits += count;
    }
  }
  if (held.targetRows === 0 || held.baselineRows === 0) return 0;
  return matthews({ hits: held.hits / held.targetRows, falseHits: held.falseHits / held.baselineRows });
}

/** Bins that few rows fell into say little: each has a share of one row more. */
function shares(blocks: readonly Block[], feature: number): number[] {
  const all = counts(blocks, feature);
  const total = all.reduce((sum, count) => sum + count, 0) + 1;
  return all.map((count) => (count + 1 / all.length) / total);
}

function counts(blocks: readonly Block[], feature: number): number[] {
  return blocks
    .map(({ inputs }) => binsOf(inputs.features[feature]))
    .reduce((sums, bins) => (sums.length === 0 ? bins : sums.map((sum, i) => sum + bins[i])), []);
}

function binsOf(profile: FeatureProfile): number[] {
  if ("bins" in profile) return [...profile.bins, profile.missing];
  return [...profile.levels, profile.unseen, profile.missing];
}
