import type { Resampling } from "../evaluation/resampling";
import type { ClassWeights } from "../learners/trainer";
import type { DeclaredFeature } from "../onnx/signature";
import type { MetricDifference, VersionDetails } from "../registry/modelVersion";
import type { EvaluationSpec } from "../usecase/evaluationSpec";
import type { SelectionMetric } from "../usecase/selectionSpec";
import type { BaselineName } from "../usecase/usecaseSpec";
import type { Refit, Trial } from "./runRecord";

/** What a training worker thread is asked to do; everything crosses the thread as plain data and bytes. */
export type WorkerTask = TrialTask | RefitTask | EvaluateTask;

/** What every task needs. */
export interface TaskContext {
  /** encoded PreparedData */
  prepared: Uint8Array;
  seed: number;
  decisionThreshold: number;
  classWeights?: ClassWeights;
  metric: SelectionMetric;
}

/** Fits one trial on folds from `firstFold` on and scores it on their validation rows. */
export interface TrialTask extends TaskContext {
  kind: "trial";
  trial: Trial;
  firstFold: number;
  /** of each fold's training rows */
  share: number;
  /** no fold is started after so long */
  softLimitMs: number;
}

export interface TrialOutcome {
  /** of the folds that were done: with too little time not all */
  foldScores: (number | null)[];
  modelBytes: number;
  seconds: number;
}

/** Fits the selected trial on all training rows and writes its graph. */
export interface RefitTask extends TaskContext {
  kind: "refit";
  trial: Trial;
  /** their domains stand guard in front of the model */
  features: DeclaredFeature[];
  /** name of the column that tells whose row it is */
  entity?: string;
}

/** `holdoutPredictions`: rows x classes (with regression one number per row), as the trainer computes them. */
export interface RefitOutcome extends Refit {
  seconds: number;
}

/** Judges hold-out predictions beside the baselines and, where there is one, the champion. */
export interface EvaluateTask extends TaskContext {
  kind: "evaluate";
  predictions: Float64Array;
  baselines: BaselineName[];
  champion?: { name: string; version: number; predictions: Float64Array };
  confidence: number;
  bootstrapSamples: number;
  /** length of blocks of days; by default as the errors ask for */
  blockDays?: number;
  evaluation?: EvaluationSpec;
  /** name of the time column */
  time?: string;
  /** names of the parts that are still to do; all of them by default */
  parts?: string[];
  /** no part is started after so long */
  softLimitMs?: number;
}

/** One part of an evaluation by its name: what it adds to the outcome. */
export interface EvaluationPart {
  name: string;
  adds: Partial<EvaluateOutcome>;
}

/** What is reported about the hold-out besides metrics and differences. */
export type HoldoutDetails = Pick<VersionDetails, "intervals" | "curves" | "valueCurves" | "slices" | "saving">;

export interface EvaluateOutcome extends HoldoutDetails {
  metrics: Record<string, unknown>;
  baselines: Record<string, Record<string, unknown>>;
  differences: MetricDifference[];
  resampling: Resampling;
}

export type OutcomeOf<T extends WorkerTask> = T extends TrialTask
  ? TrialOutcome
  : T extends RefitTask
    ? RefitOutcome
    : undefined;

/** What the parts of a task give while it goes on. */
export type PartOf<T extends WorkerTask> = T extends TrialTask
  ? number | null
  : T extends EvaluateTask
    ? EvaluationPart
    : never;
