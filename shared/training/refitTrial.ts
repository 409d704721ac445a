import { decodePrepared } from "../data/encodePrepared";
import type { PreparedData } from "../data/preparedData";
import { documentText } from "../documents";
import { gather, selectRows } from "../featureTable";
import { guardGraph } from "../learners/graph/guardGraph";
import { trainingProfileDocument } from "../monitoring/profileDocument";
import { keptReference, referenceDocument } from "../monitoring/referenceDocument";
import { trainingProfile } from "../monitoring/trainingProfile";
import { fitRows } from "./fitRows";
import { referenceOf } from "./reference/referenceOf";
import type { RefitOutcome, RefitTask } from "./workerTasks";

/**
 * Fits the selected trial on all training rows; gives its guarded graph, its hold-out predictions, and the profile and
 * the reference that its monitoring compares with.
 */
export function refitTrial(task: RefitTask): RefitOutcome {
  const started = performance.now();
  const data = decodePrepared(task.prepared);
  const model = fitRows(data, data.trainRows, task.trial, task);
  const holdoutPredictions = model.predict(selectRows(data.table, data.holdoutRows));
  const profile = profileOfTraining(data);
  const reference = referenceOf(data, profile, { ...task, model, predictions: holdoutPredictions });
  return {
    onnx: guardGraph(model.toOnnx(), data.table, task.features, data.task),
    holdoutPredictions,
    trainingProfile: documentText(trainingProfileDocument, profile),
    reference: documentText(referenceDocument, keptReference(reference)),
    seconds: (performance.now() - started) / 1000,
  };
}

function profileOfTraining({ table, trainRows, times }: PreparedData) {
  return trainingProfile(
    selectRows(table, trainRows),
    times && gather(times, new Float64Array(trainRows.length), trainRows),
  );
}
