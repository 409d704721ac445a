import { z } from "zod";
import { jensenShannonThreshold } from "./distances/jensenShannon";
import { wassersteinThreshold } from "./distances/wasserstein";
import { scheduleFields } from "./schedule";

/** A use case's settings of its drift monitor; every field has a default. */
export const driftSettings = z.strictObject({
  /** the target window: the newest captured inputs of this many hours */
  windowHours: z.number().positive().default(24),
  /** while it holds fewer rows than minRows, the window reaches further back, to at most so many hours */
  maxWindowHours: z.number().positive().default(168),
  /** known values that a feature needs to be compared */
  minRows: z.int().min(1).default(100),
  /** numeric features: Wasserstein-1 divided by the training standard deviation */
  numericThreshold: z.number().positive().default(wassersteinThreshold),
  /** categorical features: debiased base-2 Jensen-Shannon distance */
  categoricalThreshold: z.number().positive().default(jensenShannonThreshold),
  /** difference between the shares of missing values in the target rows and in the training rows */
  missingThreshold: z.number().positive().default(0.05),
  /** alert when at least this many features drift */
  minDriftedFeatures: z.int().min(1).default(1),
  enabled: z.boolean().default(true),
  ...scheduleFields("hourly"),
});

export type DriftSettings = z.infer<typeof driftSettings>;
