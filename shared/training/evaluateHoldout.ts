import { gather } from "../data/featureTable";
import { decodePrepared } from "../data/preparedData";
import { baselinePredictions } from "../evaluation/baselines";
import { classificationMetrics } from "../evaluation/classificationMetrics";
import { pairedBootstrap } from "../evaluation/pairedBootstrap";
import { regressionMetrics } from "../evaluation/regressionMetrics";
import { isClassifier, type ModelOutput } from "../evaluation/weightedMetric";
import { describeHoldout } from "./describeHoldout";
import { modelOutput } from "./modelOutput";
import type { EvaluateOutcome, EvaluateTask } from "./workerTasks";

/** Hold-out metrics of the model and of each baseline, and intervals of the differences, all on the same rows. */
export function evaluateHoldout(task: EvaluateTask): EvaluateOutcome {
  const started = performance.now();
  const data = decodePrepared(task.prepared);
  const { holdoutRows, trainRows } = data;
  const blocks = gather(data.blocks, new Int32Array(holdoutRows.length), holdoutRows);
  const output = (predictions: Float64Array) => modelOutput(data, holdoutRows, predictions, task.decisionThreshold);
  const rivals = task.baselines.map((name) => ({
    name,
    output: output(baselinePredictions(name, data, { train: trainRows, evaluate: holdoutRows })),
  }));
  const model = output(task.predictions);
  const champion = task.champion && { name: task.champion.name, output: output(task.champion.predictions) };
  const draws = { blocks, seed: task.seed, samples: task.bootstrapSamples, confidence: task.confidence };
  const differences = [...rivals, ...(champion ? [champion] : [])].map(({ name, output: rival }) => {
    const { difference, low, high } = pairedBootstrap(task.metric, model, rival, draws);
    return { against: name, difference, low, high, confidence: task.confidence };
  });
  return {
    metrics: metricsOf(model),
    baselines: Object.fromEntries(rivals.map(({ name, output: rival }) => [name, metricsOf(rival)])),
    differences,
    ...describeHoldout({ task, data, model, rivals, draws }),
    seconds: (performance.now() - started) / 1000,
  };
}

function metricsOf(output: ModelOutput): Record<string, unknown> {
  return isClassifier(output) ? { ...classificationMetrics(output) } : { ...regressionMetrics(output) };
}
