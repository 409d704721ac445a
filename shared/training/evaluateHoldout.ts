import { decodePrepared } from "../data/encodePrepared";
import type { PreparedData } from "../data/preparedData";
import { baselinePredictions } from "../evaluation/baselines";
import { modelOutput } from "../evaluation/modelOutput";
import { chooseBlocks, lossByRow } from "../evaluation/resampling";
import type { ModelOutput } from "../evaluation/weightedMetric";
import { gather } from "../featureTable";
import { combineParts, evaluatePart, partNames } from "./evaluationParts";
import type { JudgedHoldout } from "./judgedHoldout";
import type { EvaluateOutcome, EvaluateTask, EvaluationPart } from "./workerTasks";

/** Hold-out metrics of the model and of each baseline, and intervals of the differences, all on the same rows. */
export function evaluateHoldout(task: EvaluateTask): EvaluateOutcome {
  const parts = new Map<string, EvaluationPart["adds"]>();
  evaluateParts(task, ({ name, adds }) => parts.set(name, adds));
  return combineParts(task, parts);
}

/**
 * The same part by part, those that the task names, as long as it has time; each is handed to `onPart` as soon as it is
 * done.
 */
export function evaluateParts(task: EvaluateTask, onPart: (part: EvaluationPart) => void): undefined {
  const started = performance.now();
  const judged = judge(task);
  for (const name of task.parts ?? partNames(task)) {
    if (performance.now() - started > (task.softLimitMs ?? Number.POSITIVE_INFINITY)) return;
    onPart({ name, adds: evaluatePart(judged, name) });
  }
}

function judge(task: EvaluateTask): JudgedHoldout {
  const data = decodePrepared(task.prepared);
  const { holdoutRows, trainRows } = data;
  const output = (predictions: Float64Array) => modelOutput(data, holdoutRows, predictions, task.decisionThreshold);
  const model = output(task.predictions);
  const baselines = task.baselines.map((name) => ({
    name,
    output: output(baselinePredictions(name, data, { train: trainRows, evaluate: holdoutRows })),
  }));
  const { blocks, resampling } = blocksFor(task, data, [model, ...baselines.map(({ output }) => output)]);
  return {
    task,
    data,
    model,
    baselines,
    champion: task.champion && { name: task.champion.name, output: output(task.champion.predictions) },
    resampling,
    draws: { blocks, seed: task.seed, samples: task.bootstrapSamples, confidence: task.confidence },
  };
}

/** Blocks that preserve the correlation of the model's losses, and of its gains on each baseline. */
function blocksFor({ metric, blockDays }: EvaluateTask, data: PreparedData, outputs: ModelOutput[]) {
  const { holdoutRows, blockUnit } = data;
  const blocks = gather(data.blocks, new Int32Array(holdoutRows.length), holdoutRows);
  const [own, ...others] = outputs.map((output) => lossByRow(metric, output));
  const gains = others.map((other) => own.map((loss, row) => loss - other[row]));
  return chooseBlocks({ blocks, blockUnit }, [own, ...gains], blockDays);
}
