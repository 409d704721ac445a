import type { PreparedData } from "../data/preparedData";
import { gather, selectRows } from "../featureTable";
import { fitModel } from "../learners/fit/fitModel";
import { trainerFor } from "../learners/registry";
import type { ClassWeights, FittedModel, TrainingTarget } from "../learners/trainer";
import type { Trial } from "./runRecord";

/** Fits a trial's learner on the rows `rows` of prepared data. */
export function fitRows(
  data: PreparedData,
  rows: Int32Array,
  trial: Trial,
  settings: { seed: number; decisionThreshold: number; classWeights?: ClassWeights },
): FittedModel {
  const { seed, decisionThreshold, classWeights } = settings;
  const times = data.times && gather(data.times, new Float64Array(rows.length), rows);
  const context = { seed, decisionThreshold, classWeights, positiveIndex: data.positiveIndex, times };
  return fitModel(
    trainerFor(trial.learner),
    selectRows(data.table, rows),
    targetOf(data, rows),
    trial.parameters,
    context,
  );
}

function targetOf({ classes, target, values }: PreparedData, rows: Int32Array): TrainingTarget {
  if (values) return { task: "regression", values: gather(values, new Float64Array(rows.length), rows) };
  return { task: "classification", classes, codes: gather(target, new Int32Array(rows.length), rows) };
}
