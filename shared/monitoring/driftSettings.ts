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
  /**
   * what windows of a series are compared with: "season", the same days of earlier years, four weeks around included;
   * "trailing", the four weeks before; "training", all training rows; or the days of a range. Where the season or the
   * weeks before are not known, the next of them that is; the result says so.
   */
  baseline: z
    .union([
      z.enum(["season", "trailing", "training"]),
      z.strictObject({ from: z.iso.datetime({ offset: true }), to: z.iso.datetime({ offset: true }) }),
    ])
    .default("season"),
  /**
   * of a series by windows of history: at most this share of the columns that are found in a window may be false
   * (Benjamini, Hochberg); what is found must be confirmed by another window
   */
  falseDiscoveryRate: z.number().positive().max(0.5).default(0.1),
  /** of a series, drift must hold in so many of the newest windows before it raises an alarm */
  confirm: z.strictObject({ needed: z.int().min(1).default(2), among: z.int().min(1).default(3) }).prefault({}),
  /** people are warned where the drifted columns carry this share of the model's importance; else it is information */
  minImportanceShare: z.number().min(0).max(1).default(0.2),
  enabled: z.boolean().default(true),
  ...scheduleFields("hourly"),
});

export type DriftSettings = z.infer<typeof driftSettings>;
