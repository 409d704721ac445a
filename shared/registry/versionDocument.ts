import { z } from "zod";
import { checkResultSchema } from "../data/checkResult";
import { dataDescription } from "../data/describeData";
import { anyFields, documentType, objectOf, statistic, unchanged } from "../documents";
import {
  classCurvesSchema,
  resamplingSchema,
  savingFields,
  sliceMetricSchema,
  valueCurvesSchema,
} from "../evaluation/holdoutSchemas";
import { modelSignature } from "../onnx/signatureSchema";
import type {
  CostThresholds,
  GateVerdict,
  MetricDifference,
  MetricInterval,
  SearchDescription,
  VersionDetails,
  VersionLineage,
  VersionSaving,
} from "./modelVersion";

const difference = objectOf<MetricDifference>({
  against: z.string(),
  difference: statistic,
  low: statistic,
  high: statistic,
  confidence: z.number(),
});

const interval = objectOf<MetricInterval>({
  value: statistic,
  low: statistic,
  high: statistic,
  confidence: z.number(),
});

const thresholds = objectOf<CostThresholds>({
  decided: z.number(),
  theoretical: z.number().nullable(),
  bestOnHoldout: z.object({ threshold: statistic, costPerRow: statistic }),
});

/** Fields about a hold-out, in a version's details and in the parts of an evaluation. */
export const holdoutFields = {
  metrics: anyFields.optional(),
  baselines: z.record(z.string(), anyFields).optional(),
  differences: z.array(difference).optional(),
  intervals: z.record(z.string(), interval).optional(),
  resampling: resamplingSchema.optional(),
  curves: z.array(classCurvesSchema).optional(),
  valueCurves: valueCurvesSchema.optional(),
  slices: z.array(sliceMetricSchema).optional(),
  saving: objectOf<VersionSaving>({ ...savingFields, thresholds: thresholds.optional() }).optional(),
};

const search = objectOf<SearchDescription>({
  kind: z.string(),
  trials: z.number(),
  failedTrials: z.number(),
  foldScores: z.array(z.number().nullable()),
  mean: statistic,
  standardError: statistic,
  fitSeconds: z.number(),
});

const lineage = objectOf<VersionLineage>({
  source: z.enum(["training", "upload"]),
  runId: z.string().optional(),
  uploadedAs: z.string().optional(),
  usecase: z.string().optional(),
  usecaseHash: z.string().optional(),
  usecaseSpec: z.string().optional(),
  datasetVersions: z.array(z.int()).optional(),
  preparedRows: z.string().optional(),
  codeRevision: z.string(),
  uploadedSha256: z.string().optional(),
  changes: z.array(z.string()).optional(),
});

/** The details of a version, a blob of container `models`. */
export const versionDocument = documentType(
  objectOf<VersionDetails>({
    signature: modelSignature,
    learner: z.string().optional(),
    parameters: anyFields.optional(),
    seed: z.number().optional(),
    selectionMetric: z.string().optional(),
    ...holdoutFields,
    checks: z.array(checkResultSchema).optional(),
    gate: objectOf<GateVerdict>({
      decision: z.enum(["promoted", "refused", "not judged"]),
      reasons: z.array(z.string()),
    }),
    trainingProfile: z.string().optional(),
    reference: z.string().optional(),
    background: z.string().optional(),
    documents: z.record(z.string(), z.string()).optional(),
    data: dataDescription.optional(),
    search: search.optional(),
    environment: z.record(z.string(), z.string()).optional(),
    lineage,
  }),
  [unchanged],
);
