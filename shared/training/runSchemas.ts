import { z } from "zod";
import { checkResultSchema } from "../data/checkResult";
import { anyFields, documentType, jsonColumn, objectOf, statistic, unchanged } from "../documents";
import { modelSignature } from "../onnx/signatureSchema";
import { holdoutFields } from "../registry/versionDocument";
import {
  type PartialTrial,
  type PlanDocuments,
  type Proof,
  type Rung,
  type RunRecord,
  runStatuses,
  runTriggers,
  type TrainingPlan,
  type Trial,
  type TrialResult,
} from "./runRecord";
import type { EvaluateOutcome } from "./workerTasks";

/** A run's row of table `runs`. */
export const runRows = documentType(
  objectOf<RunRecord>({
    id: z.string(),
    usecase: z.string(),
    trigger: z.enum(runTriggers),
    status: z.enum(runStatuses),
    force: z.boolean(),
    learners: jsonColumn(z.array(z.string())).optional(),
    requestedAt: z.string(),
    startedAt: z.string().optional(),
    finishedAt: z.string().optional(),
    message: z.string().optional(),
    datasetVersions: jsonColumn(z.array(z.int().min(1))).optional(),
    usecaseHash: z.string().optional(),
    labelledRows: z.number().optional(),
    trials: z.number().optional(),
    seed: z.number().optional(),
    planSha256: z.string().optional(),
    hashedResults: z.boolean().optional(),
    codeRevision: z.string(),
    version: z.int().min(1).optional(),
    promoted: z.boolean().optional(),
  }),
  [unchanged],
);

/** A row `doc:{run}:{path}` of table `runs`: a result that is there, and its hash. */
export const resultRows = documentType(z.object({ path: z.string(), sha256: z.string() }), [unchanged]);

const trialFields = { index: z.int().min(0), learner: z.string(), parameters: anyFields };

/** What planning fixes, blob `{run}/plan.json`. */
export const planDocument = documentType(
  objectOf<TrainingPlan>({
    runId: z.string(),
    usecase: z.string(),
    seed: z.number(),
    trials: z.array(objectOf<Trial>(trialFields)),
    rungs: z.array(objectOf<Rung>({ share: z.number(), trials: z.number() })),
    folds: z.number(),
    documents: objectOf<PlanDocuments>({ prepared: z.string(), parquet: z.string(), spec: z.string() }).optional(),
  }),
  [unchanged],
);

const scoreFields = { foldScores: z.array(z.number().nullable()), modelBytes: z.number(), seconds: z.number() };

/** A finished trial; the first ones knew neither rungs nor the size of a model. */
export const trialDocument = documentType(
  objectOf<TrialResult>({
    ...trialFields,
    rung: z.int().min(0),
    metric: z.string(),
    ...scoreFields,
    mean: statistic,
    standardError: statistic,
    failure: z.string().optional(),
  }),
  [anyFields.transform((first) => ({ rung: 0, modelBytes: 0, ...first }))],
);

/** The folds of a trial that are done. */
export const partialTrialDocument = documentType(objectOf<PartialTrial>(scoreFields), [unchanged]);

const checks = z.array(checkResultSchema);

/** What the checks of the data found; in form 0 a bare list. */
export const dataChecksDocument = documentType(z.object({ checks }), [
  checks.transform((found) => ({ checks: found })),
]);

/** A graph that was proved, and what the checks of its behaviour found. */
export const proofDocument = documentType(objectOf<Proof>({ signature: modelSignature, behaviour: checks }), [
  unchanged,
]);

/** What one part of an evaluation adds to its outcome. */
export const evaluationDocument = documentType(objectOf<Partial<EvaluateOutcome>>(holdoutFields), [unchanged]);
