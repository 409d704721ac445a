import { encodePrepared } from "../../shared/data/encodePrepared";
import type { PreparedData } from "../../shared/data/preparedData";
import { learnerNames, trainerFor } from "../../shared/learners/registry";
import { evaluateHoldout } from "../../shared/training/evaluateHoldout";
import { planTrials } from "../../shared/training/planTrials";
import { refitTrial } from "../../shared/training/refitTrial";
import type { Trial, TrialResult } from "../../shared/training/runRecord";
import { scoreTrial } from "../../shared/training/scoreTrial";
import { meanOf, selectTrial } from "../../shared/training/selectTrial";
import type { EvaluateOutcome } from "../../shared/training/workerTasks";
import { declaredFeatures } from "../../shared/usecase/declaredFeatures";
import { taskOf } from "../../shared/usecase/specTask";
import type { UsecaseSpec } from "../../shared/usecase/usecaseSpec";
import { learnerGrids } from "./learnerGrids";

/** A learner's selected setting and its evaluation on the hold-out set. */
export interface LearnerResult {
  trial: Trial;
  /** mean of the selection metric over the folds */
  foldMean: number;
  trials: number;
  evaluation: EvaluateOutcome;
  modelBytes: number;
}

/**
 * Every learner for the use case's task: compares settings on the folds, refits the best and evaluates it once on the
 * hold-out set.
 */
export function measureLearners(
  spec: UsecaseSpec,
  data: PreparedData,
  onLearner: (name: string) => void,
): LearnerResult[] {
  const prepared = encodePrepared(data);
  const fitting = learnerNames.filter((name) => trainerFor(name).tasks.includes(taskOf(spec)));
  return fitting.flatMap((learner) => {
    onLearner(learner);
    const grid = learnerGrids[learner] ?? {};
    const candidates = [{ learner, grid }] as UsecaseSpec["candidates"];
    return measure({ ...spec, candidates, search: { ...spec.search, kind: "grid" } }, prepared);
  });
}

function measure(spec: UsecaseSpec, prepared: Uint8Array): LearnerResult[] {
  const { seed, decisionThreshold, classWeights, selection, baselines, gates, evaluation, time } = spec;
  const context = { prepared, seed, decisionThreshold, classWeights, metric: selection.metric };
  const results = planTrials(spec).map((trial): TrialResult => {
    const limits = { firstFold: 0, share: 1, softLimitMs: Number.POSITIVE_INFINITY };
    const scored = scoreTrial({ kind: "trial", ...context, trial, ...limits }, () => {});
    const known = scored.foldScores.filter((score) => score !== null);
    return { ...trial, rung: 0, metric: selection.metric, ...scored, ...meanOf(known) };
  });
  const best = selectTrial(results, selection.metric, spec.search);
  if (best === undefined) return [];
  const refit = refitTrial({ kind: "refit", ...context, trial: best, features: declaredFeatures(spec) });
  const outcome = evaluateHoldout({
    kind: "evaluate",
    ...context,
    predictions: refit.holdoutPredictions,
    baselines,
    confidence: gates.confidence,
    bootstrapSamples: gates.bootstrapSamples,
    blockDays: gates.blockDays,
    evaluation,
    time,
  });
  const { index, learner, parameters, mean } = best;
  return [
    {
      trial: { index, learner, parameters },
      foldMean: mean,
      trials: results.length,
      evaluation: outcome,
      modelBytes: refit.onnx.byteLength,
    },
  ];
}
