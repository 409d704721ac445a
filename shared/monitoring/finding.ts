import { z } from "zod";
import { objectOf } from "../documents";
import { type Verdict, verdict } from "./verdict";

/** One thing that a signal judged in a window; every signal tells what it found in this shape. */
export interface Finding {
  /** the column, class, metric or slice ("Location=JFK"); "all" for the window as a whole */
  subject: string;
  /** how the value was measured, in the field's terms: "wasserstein-1 / deviation", "accuracy" */
  statistic: string;
  /** null where it could not be computed */
  value: number | null;
  /** of the value, at the confidence that `more` or the settings name */
  interval?: [low: number, high: number];
  /** null where the value is not judged by one */
  threshold: number | null;
  /** how the threshold was made, in words: "effect size", "95 % quantile of 26 windows of the same season" */
  thresholdOrigin: string;
  verdict: Verdict;
  /** a sentence about what was found; why there is no verdict, where there is none */
  reason?: string;
  targetRows: number;
  baselineRows?: number;
  /** what else the signal knows, by name */
  more?: Record<string, number | string | null | number[] | string[]>;
}

export const findingSchema = objectOf<Finding>({
  subject: z.string(),
  statistic: z.string(),
  value: z.number().nullable(),
  interval: z.tuple([z.number(), z.number()]).optional(),
  threshold: z.number().nullable(),
  thresholdOrigin: z.string(),
  verdict,
  reason: z.string().optional(),
  targetRows: z.number(),
  baselineRows: z.number().optional(),
  more: z
    .record(z.string(), z.union([z.number(), z.string(), z.null(), z.array(z.number()), z.array(z.string())]))
    .optional(),
});
