import { z } from "zod";
import { documentType, objectOf, statistic, unchanged } from "../documents";
import type { Dependence } from "./dependence";
import { circularStatistic } from "./distances/circularWasserstein";
import { jensenShannonStatistic } from "./distances/jensenShannon";
import { wassersteinStatistic } from "./distances/wasserstein";
import type { DriftResult } from "./drift";
import type { FeatureDrift } from "./featureDrift";
import { thresholdOrigin } from "./threshold";
import { verdict } from "./verdict";

/** What is not in results from before thresholds allowed for chance. */
type LaterFeatureFields =
  | "drifted"
  | "baselineEffectiveRows"
  | "targetEffectiveRows"
  | "missingThreshold"
  | "baselineMissingShare"
  | "targetMissingShare";
type LaterFields = "falseAlarmShare" | "tests" | "dependence" | "notes";

type KeptFeature = Omit<FeatureDrift, LaterFeatureFields> & Partial<Pick<FeatureDrift, LaterFeatureFields>>;

/** A drift result as it is read back, whichever version wrote it. */
export interface KeptDrift
  extends Omit<DriftResult, LaterFields | "settings" | "features">,
    Partial<Pick<DriftResult, LaterFields>> {
  /** those in effect; earlier releases had other fields */
  settings: Record<string, unknown>;
  features: KeptFeature[];
}

const feature = objectOf<KeptFeature>({
  feature: z.string(),
  statistic: z.enum([wassersteinStatistic, jensenShannonStatistic, circularStatistic]),
  value: z.number().nullable(),
  threshold: z.number().nullable(),
  thresholdOrigin,
  verdict,
  drifted: z.array(z.enum(["distribution", "level", "missing", "unseen"])).optional(),
  baselineRows: z.number(),
  targetRows: z.number(),
  baselineEffectiveRows: statistic.optional(),
  targetEffectiveRows: statistic.optional(),
  baselineMissingShare: statistic.optional(),
  targetMissingShare: statistic.optional(),
  missingThreshold: statistic.optional(),
  baselineMean: statistic.optional(),
  targetMean: statistic.optional(),
  unseenShare: statistic.optional(),
  unseenThreshold: statistic.optional(),
  isClear: z.literal(true).optional(),
  level: z.object({ value: z.number(), threshold: z.number() }).optional(),
  reason: z.string().optional(),
});

const dependence = objectOf<Dependence>({
  seriesShare: z.number(),
  why: z.string(),
  likeness: statistic.optional(),
  byOwnOrder: z.literal(true).optional(),
});

/** The details of a drift result. */
export const driftDocument = documentType(
  objectOf<KeptDrift>({
    verdict,
    baseline: z.string(),
    history: z.object({ windows: z.number(), independent: z.number(), days: z.number() }).optional(),
    baselineSpan: z.object({ from: z.string(), to: z.string() }).optional(),
    settings: z.record(z.string(), z.unknown()),
    falseAlarmShare: z.number().optional(),
    tests: z.number().optional(),
    dependence: dependence.optional(),
    reason: z.string().optional(),
    notes: z.array(z.string()).optional(),
    features: z.array(feature),
  }),
  [unchanged],
);
