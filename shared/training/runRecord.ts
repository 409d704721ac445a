import { z } from "zod";
import type { CheckResult } from "../data/checkResult";
import type { ModelSignature } from "../onnx/signature";

/** What started a run. */
export const runTriggers = ["new data", "drift", "schedule", "request"] as const;
export type RunTrigger = (typeof runTriggers)[number];

export const runStatuses = [
  "queued",
  "training",
  "finishing",
  "succeeded",
  "unchanged",
  "failed",
  "cancelled",
] as const;
export type RunStatus = (typeof runStatuses)[number];

/** A training run as stored in the table; its progress is counted from the stored results. */
export interface RunRecord {
  id: string;
  usecase: string;
  trigger: RunTrigger;
  status: RunStatus;
  /** trains even when no labelled row is new */
  force: boolean;
  /** that compete besides the use case's own candidates, each with its default parameters */
  learners?: string[];
  requestedAt: string;
  startedAt?: string;
  finishedAt?: string;
  /** why it failed or ended unchanged, or what the gate said */
  message?: string;
  datasetVersions?: number[];
  usecaseHash?: string;
  labelledRows?: number;
  /** over all rungs of the search */
  trials?: number;
  seed?: number;
  /** SHA-256 of the plan, once there is one; absent in older runs */
  planSha256?: string;
  /** whether every result has a row with its hash; absent in older runs */
  hashedResults?: boolean;
  codeRevision: string;
  version?: number;
  /** whether this run moved `champion` to its version */
  promoted?: boolean;
}

/** One parameter combination of one learner. */
export interface Trial {
  index: number;
  learner: string;
  parameters: Record<string, unknown>;
}

/** What planning decides for every step of a run. */
export interface TrainingPlan {
  runId: string;
  usecase: string;
  seed: number;
  trials: Trial[];
  rungs: Rung[];
  /** validation folds of a trial */
  folds: number;
  /** SHA-256 of what the run depends on; absent in older plans */
  documents?: PlanDocuments;
}

/** Hashes of the prepared rows as training reads them, of the same rows as Parquet, and of the spec. */
export interface PlanDocuments {
  prepared: string;
  parquet: string;
  spec: string;
}

/** One round of a search: a number of trials on a share of each fold's training rows. */
export interface Rung {
  share: number;
  trials: number;
}

/** A finished trial of a rung: the selection metric on each validation fold. */
export interface TrialResult extends Trial {
  rung: number;
  metric: string;
  /** null where the metric is undefined because the fold has no row of a class */
  foldScores: (number | null)[];
  mean: number;
  standardError: number;
  /** of the ONNX graph of the last fold's model: what "smaller" means when models are equally good */
  modelBytes: number;
  seconds: number;
  /** why it has no score: its learner refused the rows, or a fit took too long */
  failure?: string;
}

/** The folds of an unfinished trial that are done. */
export type PartialTrial = Pick<TrialResult, "foldScores" | "modelBytes" | "seconds">;

/** The selected trial, fitted on all training rows. */
export interface Refit {
  onnx: Uint8Array;
  holdoutPredictions: Float64Array;
  /** JSON */
  trainingProfile: string;
  /** JSON; absent in refits of earlier releases */
  reference?: string;
}

/** What is known about a run's graph before it is judged; stored, so that a run of several steps proves it once. */
export interface Proof {
  signature: ModelSignature;
  behaviour: CheckResult[];
}

export const planMessage = z.strictObject({ runId: z.string() });
export const candidateMessage = z.strictObject({
  runId: z.string(),
  rung: z.int().min(0),
  trial: z.int().min(0),
});
export const finishMessage = z.strictObject({ runId: z.string() });

export const trainingQueues = {
  plan: "training-plan",
  candidate: "training-candidate",
  finish: "training-finish",
} as const;

/** The use case of a run id, which is `{usecase}.{what started it}`. */
export function usecaseOfRun(runId: string): string {
  return runId.split(".", 1)[0];
}

/** Whether a run with this status has ended. */
export function isFinal(status: RunStatus): boolean {
  return status === "succeeded" || status === "unchanged" || status === "failed" || status === "cancelled";
}
