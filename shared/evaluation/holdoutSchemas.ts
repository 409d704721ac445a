import { z } from "zod";
import { longList, objectOf, statistic, statisticList } from "../documents";
import type { CalibrationBin } from "./calibration";
import type { ClassCurves } from "./classCurves";
import type { ContenderCost, ExpectedSaving } from "./expectedSaving";
import type { LiftRow } from "./liftTable";
import type { Resampling } from "./resampling";
import type { SliceMetric } from "./sliceMetrics";
import type { ErrorBin, PredictedPart, ValueCurves } from "./valueCurves";

const thresholds = longList(
  (value): value is number | null => value === null || typeof value === "number",
  "a number or null",
);

const calibrationBins = z.array(
  objectOf<CalibrationBin>({
    low: statistic,
    high: statistic,
    rows: z.number(),
    meanProbability: statistic,
    frequency: statistic,
  }),
);

const lift = objectOf<LiftRow>({
  part: z.number(),
  rows: z.number(),
  positives: statistic,
  lift: statistic,
  cumulativeGain: statistic,
  cumulativeLift: statistic,
});

/** The curves of one class as documents keep them. */
export const classCurvesSchema = objectOf<ClassCurves>({
  class: z.string(),
  roc: objectOf<NonNullable<ClassCurves["roc"]>>({
    falsePositiveRate: statisticList,
    truePositiveRate: statisticList,
    thresholds,
  }).nullable(),
  precisionRecall: objectOf<NonNullable<ClassCurves["precisionRecall"]>>({
    precision: statisticList,
    recall: statisticList,
    thresholds,
  }).nullable(),
  calibration: z.object({
    equalWidth: calibrationBins,
    equalMass: calibrationBins,
    error: z.object({ equalWidth: statistic, equalMass: statistic }),
  }),
  lift: z.array(lift),
});

const predictedPart = objectOf<PredictedPart>({
  rows: z.number(),
  meanPredicted: statistic,
  meanObserved: statistic,
  low: statistic,
  high: statistic,
});

const errorBin = objectOf<ErrorBin>({ from: statistic, to: statistic, rows: z.number() });

/** How predicted numbers compare with observed ones, as documents keep it. */
export const valueCurvesSchema = objectOf<ValueCurves>({ parts: z.array(predictedPart), errors: z.array(errorBin) });

/** A metric on a part of the rows, as documents keep it. */
export const sliceMetricSchema = objectOf<SliceMetric>({
  column: z.string(),
  slice: z.string(),
  rows: z.number(),
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  worse: z.boolean(),
});

/** What was drawn for the intervals, as documents keep it. */
export const resamplingSchema = objectOf<Resampling>({
  unit: z.enum(["row", "group", "day"]),
  blockDays: z.number().optional(),
  blocks: z.number(),
});

const contenderCost = objectOf<ContenderCost>({
  name: z.string(),
  threshold: z.number().optional(),
  costPerRow: statistic,
  saving: statistic,
  low: statistic,
  high: statistic,
});

const ownCost = objectOf<ExpectedSaving["model"]>({
  threshold: z.number().optional(),
  costPerRow: statistic,
  low: statistic,
  high: statistic,
});

/** The fields of an expected saving, as documents keep them. */
export const savingFields = {
  unit: z.string(),
  confidence: z.number(),
  model: ownCost,
  against: z.array(contenderCost),
};
