import { gather, selectRows } from "../data/featureTable";
import { decodePrepared } from "../data/preparedData";
import { selectionMetricValue } from "../evaluation/selectionMetric";
import { fitModel } from "./trainers/fitModel";
import { trainerFor } from "./trainers/registry";
import type { TrainingTarget } from "./trainers/trainer";
import type { TrialOutcome, TrialTask } from "./workerTasks";

/** Fits a trial on each fold's training rows and scores it on the fold's validation rows by the selection metric. */
export function scoreTrial(task: TrialTask): TrialOutcome {
  const started = performance.now();
  const data = decodePrepared(task.prepared);
  const { classes, positiveIndex } = data;
  const { seed, decisionThreshold } = task;
  const trainer = trainerFor(task.trial.learner);
  const codesOf = (rows: Int32Array) => gather(data.target, new Int32Array(rows.length), rows);
  const foldScores = data.folds.map(({ train, validation }) => {
    const target: TrainingTarget = { task: "classification", classes, codes: codesOf(train) };
    const times = data.times && gather(data.times, new Float64Array(train.length), train);
    const context = { seed, decisionThreshold, positiveIndex, times };
    const model = fitModel(trainer, selectRows(data.table, train), target, task.trial.parameters, context);
    const probabilities = model.predict(selectRows(data.table, validation));
    return selectionMetricValue(task.metric, {
      classes,
      positiveIndex,
      target: codesOf(validation),
      probabilities,
      decisionThreshold,
    });
  });
  return { foldScores, seconds: (performance.now() - started) / 1000 };
}
