import { AppError } from "../../errors";
import { createCalibrated } from "./calibrated";
import { extraTrees } from "./extraTrees";
import { gradientBoosting } from "./gradientBoosting";
import { logisticRegression } from "./logisticRegression";
import { randomForest } from "./randomForest";
import { ridgeRegression } from "./ridgeRegression";
import { createSoftVoting } from "./softVoting";
import { svmExact } from "./svmExact";
import { svmLinear } from "./svmLinear";
import { svmRbf } from "./svmRbf";
import type { Trainer } from "./trainer";

const trainers = new Map<string, Trainer<unknown>>(
  [
    randomForest,
    extraTrees,
    gradientBoosting,
    logisticRegression,
    ridgeRegression,
    svmRbf,
    svmLinear,
    svmExact,
    createCalibrated(trainerFor),
    createSoftVoting(trainerFor),
  ].map((trainer) => [trainer.learner, trainer as Trainer<unknown>]),
);

/** Every learner a use case may name. */
export const learnerNames: readonly string[] = [...trainers.keys()];

/** The trainer of `learner`; AppError invalid_input names the known ones when there is none. */
export function trainerFor(learner: string): Trainer<unknown> {
  const trainer = trainers.get(learner);
  if (trainer === undefined)
    throw new AppError("invalid_input", `unknown learner "${learner}"; known are ${learnerNames.join(", ")}`);
  return trainer;
}
