import type { MetricDifference, VersionDetails } from "../registry/modelVersion";
import type { EvaluationSpec } from "../usecase/evaluationSpec";
import type { BaselineName, SelectionMetric } from "../usecase/usecaseSpec";
import type { Trial } from "./runRecord";

/** What a training worker thread is asked to do; everything crosses the thread as plain data and bytes. */
export type WorkerTask = TrialTask | RefitTask | EvaluateTask;

interface TaskContext {
  /** encoded PreparedData */
  prepared: Uint8Array;
  seed: number;
  decisionThreshold: number;
  metric: SelectionMetric;
}

/** Fits one trial on every fold and scores it on the fold's validation rows. */
export interface TrialTask extends TaskContext {
  kind: "trial";
  trial: Trial;
}

export interface TrialOutcome {
  foldScores: number[];
  seconds: number;
}

/** Fits the selected trial on all training rows and writes its graph. */
export interface RefitTask extends TaskContext {
  kind: "refit";
  trial: Trial;
}

export interface RefitOutcome {
  onnx: Uint8Array;
  /** hold-out rows x classes, as the trainer computes them */
  holdoutProbabilities: Float64Array;
  /** JSON */
  trainingProfile: string;
  seconds: number;
}

/** Judges hold-out probabilities beside the baselines and, where there is one, the champion. */
export interface EvaluateTask extends TaskContext {
  kind: "evaluate";
  probabilities: Float64Array;
  baselines: BaselineName[];
  champion?: { name: string; probabilities: Float64Array };
  confidence: number;
  bootstrapSamples: number;
  evaluation?: EvaluationSpec;
  /** name of the time column */
  time?: string;
}

/** What is told about the hold-out beside metrics and differences. */
export type HoldoutDetails = Pick<VersionDetails, "intervals" | "curves" | "slices" | "saving">;

export interface EvaluateOutcome extends HoldoutDetails {
  metrics: Record<string, unknown>;
  baselines: Record<string, Record<string, unknown>>;
  differences: MetricDifference[];
  seconds: number;
}

export type OutcomeOf<T extends WorkerTask> = T extends TrialTask
  ? TrialOutcome
  : T extends RefitTask
    ? RefitOutcome
    : EvaluateOutcome;
