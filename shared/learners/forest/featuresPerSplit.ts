import { z } from "zod";

/**
 * Features tried at each split: the learner's own rule ("auto"), their square root, a share of them below 1, or a
 * number of them from 1 on.
 */
export const featuresPerSplit = z.union([z.enum(["auto", "sqrt"]), z.number().gt(0).lt(1), z.int().min(1)]);

/** The number of features that `setting` means out of `featureCount`; `auto` is what the learner's own rule gives. */
export function splitWidth(setting: z.output<typeof featuresPerSplit>, featureCount: number, auto: number): number {
  return Math.min(featureCount, Math.max(1, Math.floor(wanted(setting, featureCount, auto))));
}

function wanted(setting: z.output<typeof featuresPerSplit>, featureCount: number, auto: number): number {
  if (setting === "auto") return auto;
  if (setting === "sqrt") return Math.sqrt(featureCount);
  return setting < 1 ? setting * featureCount : setting;
}
