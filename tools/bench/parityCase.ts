import { fitModel } from "../../shared/learners/fit/fitModel";
import { trainerFor } from "../../shared/learners/registry";
import type { FitContext, TrainingTarget } from "../../shared/learners/trainer";
import type { TensorValue } from "../../shared/ports";
import { parityParameters } from "./parityParameters";
import { type ParityShape, parityRows } from "./parityRows";
import { runTables } from "./runTable";

/** How far the predictions of a graph are from those of its model. */
export interface ParityErrors {
  maxProbabilityError: number;
  /** relative to the range of the training values */
  maxValueError: number;
  wrongLabels: number;
}

/** Fits `learner` on the table of `seed` and compares its predictions with its graph's, on those rows and on others. */
export async function parityCase(learner: string, shape: ParityShape, seed: number): Promise<ParityErrors> {
  const { table, target, others } = parityRows(shape, seed);
  const trainer = trainerFor(learner);
  const choices = parityParameters[learner] ?? [{}];
  const parameters = trainer.parameters.parse(choices[seed % choices.length]);
  const context: FitContext = { seed, decisionThreshold: [0.5, 0.3, 0.7][seed % 3], positiveIndex: seed % 2 };
  const model = fitModel(trainer, table, target, parameters, context);
  const tables = [table, others];
  const replies = await runTables(model.toOnnx(), tables);
  const errors: ParityErrors = { maxProbabilityError: 0, maxValueError: 0, wrongLabels: 0 };
  for (const [at, reply] of replies.entries()) compare(model.predict(tables[at]), reply, target, context, errors);
  return errors;
}

/** Whether a learner supports the task of `shape`. */
export function canLearn(learner: string, { task }: ParityShape): boolean {
  return trainerFor(learner).tasks.includes(task === "regression" ? "regression" : "classification");
}

function compare(
  ours: Float64Array,
  reply: Record<string, TensorValue>,
  target: TrainingTarget,
  context: FitContext,
  errors: ParityErrors,
): void {
  if (target.task === "regression") {
    const range = Math.max(...target.values) - Math.min(...target.values);
    errors.maxValueError = Math.max(errors.maxValueError, largestGap(ours, reply.value.data) / range);
    return;
  }
  errors.maxProbabilityError = Math.max(errors.maxProbabilityError, largestGap(ours, reply.probabilities.data));
  const labels = reply.label.data as string[];
  const { classes } = target;
  for (const [row, label] of labels.entries()) {
    const probabilities = ours.subarray(row * classes.length, (row + 1) * classes.length);
    if (label !== classes[decide(probabilities, context)]) errors.wrongLabels++;
  }
}

/** The class that a row of probabilities predicts. */
function decide(probabilities: Float64Array, { positiveIndex = 1, decisionThreshold = 0.5 }: FitContext): number {
  if (probabilities.length === 2)
    return probabilities[positiveIndex] >= decisionThreshold ? positiveIndex : 1 - positiveIndex;
  return probabilities.indexOf(Math.max(...probabilities));
}

/** The largest difference; NaN or a different number of values counts as infinitely far off. */
function largestGap(ours: Float64Array, theirs: TensorValue["data"]): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let at = 0; at < ours.length; at++) {
    const gap = Math.abs(ours[at] - Number(theirs[at]));
    if (!(gap <= largest)) largest = Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap;
  }
  return largest;
}
