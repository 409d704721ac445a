import { z } from "zod";
import { scheduleFields } from "../schedule";

/** A use case's settings of its data integrity monitor; every field has a default. */
export const integritySettings = z.strictObject({
  enabled: z.boolean().default(true),
  /** the newest captured rows of so many hours are judged */
  windowHours: z.number().positive().default(1),
  /** while they are fewer than minRows, the window reaches further back, to at most so many hours */
  maxWindowHours: z.number().positive().default(24),
  /** rows that a share is judged by */
  minRows: z.int().min(1).default(50),
  /** rows that a fault needs, whatever its share */
  minFaultyRows: z.int().min(1).default(3),
  /** how much larger the share of missing values may be than in training */
  missingIncrease: z.number().positive().max(1).default(0.05),
  /** how much larger the share of values outside the declared range may be than in training */
  outOfRangeIncrease: z.number().positive().max(1).default(0.01),
  /** share of values of another type */
  wrongTypeShare: z.number().positive().max(1).default(0.01),
  /** share of rows with one value far from all training values, which then is taken for a sign of "missing" */
  sentinelShare: z.number().positive().max(1).default(0.02),
  /** a sensor is frozen when one value repeats so many times as long as it ever did in training */
  frozenFactor: z.number().min(1).default(1.5),
  /** share of rows that repeat another one of the same entity and time */
  duplicateShare: z.number().positive().max(1).default(0.1),
  /** share of requests that were refused because of their data */
  refusedShare: z.number().positive().max(1).default(0.05),
  /** share of rows with a field that the model does not have and that earlier weeks did not send either */
  unknownFieldShare: z.number().positive().max(1).default(0.05),
  /** fewer rows than this share of the fewest of the same hours of earlier weeks are too few */
  lowVolume: z.number().min(0).max(1).default(0.5),
  /** more rows than so many times the most of the same hours of earlier weeks are too many */
  highVolume: z.number().min(1).default(3),
  /** rows are stale when the newest is older than so many hours; without it, by the hours of earlier weeks */
  staleHours: z.number().positive().optional(),
  /** a new dataset is expected within so many hours; without it none is */
  expectNewDataHours: z.number().positive().optional(),
  ...scheduleFields("hourly"),
});

export type IntegritySettings = z.infer<typeof integritySettings>;
