import { z } from "zod";

/** What made a threshold: the setting; what no drift reaches; or what no window of training rows can exceed, where that is less. */
export const thresholdOrigin = z.enum(["effect size", "no drift", "training range"]);

export type ThresholdOrigin = z.infer<typeof thresholdOrigin>;

/** The larger of what is set and what no drift reaches, where that is not more than any window of training rows can be away. */
export function chooseThreshold(
  effectSize: number,
  noDrift: number,
  range: number,
): { threshold: number; thresholdOrigin: ThresholdOrigin } {
  const beyondChance = Math.min(noDrift, range);
  if (beyondChance <= effectSize) return { threshold: effectSize, thresholdOrigin: "effect size" };
  return { threshold: beyondChance, thresholdOrigin: range < noDrift ? "training range" : "no drift" };
}
