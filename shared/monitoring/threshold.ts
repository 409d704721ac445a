import { z } from "zod";

/**
 * What set a threshold: the setting; the distance that no drift reaches; the largest distance that a window of training
 * rows can have, where that is smaller; or how far windows of history lay from their own baselines.
 */
export const thresholdOrigin = z.enum(["effect size", "no drift", "training range", "window history"]);

export type ThresholdOrigin = z.infer<typeof thresholdOrigin>;

/** a distance of so many thresholds is no spell of a series: no other window need confirm it */
export const clearTimes = 2;

/**
 * The larger of the setting and the distance that no drift reaches, the latter at most the largest distance that a
 * window of training rows can have.
 */
export function chooseThreshold(
  effectSize: number,
  noDrift: number,
  range: number,
): { threshold: number; thresholdOrigin: ThresholdOrigin } {
  const beyondChance = Math.min(noDrift, range);
  if (beyondChance <= effectSize) return { threshold: effectSize, thresholdOrigin: "effect size" };
  return { threshold: beyondChance, thresholdOrigin: range < noDrift ? "training range" : "no drift" };
}
