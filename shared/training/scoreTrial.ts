import { decodePrepared } from "../data/encodePrepared";
import { modelOutput } from "../evaluation/modelOutput";
import { selectionMetricValue } from "../evaluation/selectionMetric";
import { selectRows } from "../featureTable";
import { fitRows } from "./fitRows";
import { shareOfRows } from "./rungs";
import type { TrialOutcome, TrialTask } from "./workerTasks";

/**
 * Fits a trial on folds' training rows and scores it on their validation rows by the selection metric; `onFold` hears
 * each score, so that a fit that takes too long can be told from the others.
 */
export function scoreTrial(task: TrialTask, onFold: (score: number | null) => void): TrialOutcome {
  const started = performance.now();
  const data = decodePrepared(task.prepared);
  const foldScores: (number | null)[] = [];
  let modelBytes = 0;
  for (const { train, validation } of data.folds.slice(task.firstFold)) {
    if (foldScores.length > 0 && performance.now() - started > task.softLimitMs) break;
    const model = fitRows(data, shareOfRows(train, task.share), task.trial, task);
    const predictions = model.predict(selectRows(data.table, validation));
    const output = modelOutput(data, validation, predictions, task.decisionThreshold);
    const score = selectionMetricValue(task.metric, output);
    foldScores.push(Number.isNaN(score) ? null : score);
    if (task.firstFold + foldScores.length === data.folds.length) modelBytes = model.toOnnx().byteLength;
    onFold(foldScores[foldScores.length - 1]);
  }
  return { foldScores, modelBytes, seconds: (performance.now() - started) / 1000 };
}
