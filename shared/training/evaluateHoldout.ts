import { gather } from "../data/featureTable";
import { decodePrepared } from "../data/preparedData";
import { baselineProbabilities } from "../evaluation/baselines";
import { classificationMetrics } from "../evaluation/classificationMetrics";
import type { ClassifierOutput } from "../evaluation/classifierOutput";
import { pairedBootstrap } from "../evaluation/pairedBootstrap";
import { describeHoldout } from "./describeHoldout";
import type { EvaluateOutcome, EvaluateTask } from "./workerTasks";

/** Hold-out metrics of the model and of each baseline, and intervals of the differences, all on the same rows. */
export function evaluateHoldout(task: EvaluateTask): EvaluateOutcome {
  const started = performance.now();
  const data = decodePrepared(task.prepared);
  const { classes, positiveIndex, holdoutRows, trainRows } = data;
  const target = gather(data.target, new Int32Array(holdoutRows.length), holdoutRows);
  const blocks = gather(data.blocks, new Int32Array(holdoutRows.length), holdoutRows);
  const output = (probabilities: Float64Array): ClassifierOutput => ({
    classes,
    positiveIndex,
    target,
    probabilities,
    decisionThreshold: task.decisionThreshold,
  });
  const rivals = task.baselines.map((name) => ({
    name,
    probabilities: baselineProbabilities(name, data, { train: trainRows, evaluate: holdoutRows }),
  }));
  const model = output(task.probabilities);
  const compared = task.champion ? [...rivals, task.champion] : rivals;
  const draws = { blocks, seed: task.seed, samples: task.bootstrapSamples, confidence: task.confidence };
  const differences = compared.map(({ name, probabilities }) => {
    const { difference, low, high } = pairedBootstrap(task.metric, model, output(probabilities), draws);
    return { against: name, difference, low, high, confidence: task.confidence };
  });
  return {
    metrics: { ...classificationMetrics(model) },
    baselines: Object.fromEntries(
      rivals.map(({ name, probabilities }) => [name, { ...classificationMetrics(output(probabilities)) }]),
    ),
    differences,
    ...describeHoldout({ task, data, model, rivals, draws }),
    seconds: (performance.now() - started) / 1000,
  };
}
