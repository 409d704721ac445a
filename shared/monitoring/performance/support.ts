import { percent } from "../../figure";
import type { FeatureProfile } from "../profile";
import type { MonitoringReference } from "../reference";
import type { TrainingProfile } from "../trainingProfile";
import type { WindowProfile } from "../windowProfile";

/** What of a window lies where the baseline had nothing, in words; empty where it is within the baseline's support. */
export function outsideSupport(
  { inputs, predictions }: Pick<WindowProfile, "inputs" | "predictions">,
  training: TrainingProfile,
  { predictions: before }: MonitoringReference["holdout"],
  most: number,
): string[] {
  const told: string[] = [];
  for (const [name, { rows }] of Object.entries(before.scores)) {
    const now = Object.hasOwn(predictions.scores, name) ? predictions.scores[name].rows : [];
    const total = now.reduce((sum, count) => sum + count, 0);
    const strange = now.reduce((sum, count, bin) => (isNear(rows, bin) ? sum : sum + count), 0);
    if (strange > most * total)
      told.push(`${percent(strange / total)} of the scores of ${name} lie where the hold-out rows had none`);
  }
  for (const [i, { name }] of training.bins.entries()) {
    const share = shareBeyond(inputs.features[i], training.profile.features[i]);
    if (share > most) told.push(`${percent(share)} of ${name} lie beyond the training rows`);
  }
  return told;
}

/** Whether hold-out rows have a score in the bin or beside it: single bins may be empty by chance. */
function isNear(rows: number[], bin: number): boolean {
  return rows[bin] > 0 || rows[bin - 1] > 0 || rows[bin + 1] > 0;
}

/** Of known values: unseen categories; numbers in an outer bin whose mean lies beyond every training value. */
function shareBeyond(now: FeatureProfile, before: FeatureProfile): number {
  if (now.count === 0 || before.count === 0) return 0;
  if ("levels" in now) return now.unseen / now.count;
  const { min, max } = before as typeof now;
  const last = now.bins.length - 1;
  const isBeyond = (bin: number) => {
    const mean = now.binSums[bin] / now.bins[bin];
    return now.bins[bin] > 0 && (mean > (max as number) || mean < (min as number));
  };
  const outer = last === 0 ? [0] : [0, last];
  return outer.reduce((sum, bin) => (isBeyond(bin) ? sum + now.bins[bin] : sum), 0) / now.count;
}
