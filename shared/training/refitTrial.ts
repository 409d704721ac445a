import { gather, selectRows } from "../data/featureTable";
import { decodePrepared } from "../data/preparedData";
import { trainingProfile } from "../monitoring/profile";
import { fitModel } from "./trainers/fitModel";
import { trainerFor } from "./trainers/registry";
import type { TrainingTarget } from "./trainers/trainer";
import type { RefitOutcome, RefitTask } from "./workerTasks";

/** Fits the selected trial on all training rows; gives its graph, its hold-out probabilities and the profile that drift is measured against. */
export function refitTrial(task: RefitTask): RefitOutcome {
  const started = performance.now();
  const data = decodePrepared(task.prepared);
  const table = selectRows(data.table, data.trainRows);
  const codes = gather(data.target, new Int32Array(table.rowCount), data.trainRows);
  const target: TrainingTarget = { task: "classification", classes: data.classes, codes };
  const { seed, decisionThreshold } = task;
  const times = data.times && gather(data.times, new Float64Array(table.rowCount), data.trainRows);
  const context = { seed, decisionThreshold, positiveIndex: data.positiveIndex, times };
  const model = fitModel(trainerFor(task.trial.learner), table, target, task.trial.parameters, context);
  return {
    onnx: model.toOnnx(),
    holdoutProbabilities: model.predict(selectRows(data.table, data.holdoutRows)),
    trainingProfile: JSON.stringify(trainingProfile(table)),
    seconds: (performance.now() - started) / 1000,
  };
}
