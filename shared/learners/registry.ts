import { AppError } from "../errors";
import { gradientBoosting } from "./boosting/gradientBoosting";
import { createCalibrated } from "./ensemble/calibrated";
import { createSoftVoting } from "./ensemble/softVoting";
import { extraTrees } from "./forest/extraTrees";
import { randomForest } from "./forest/randomForest";
import { svmExact } from "./kernel/svmExact";
import { svmLinear } from "./kernel/svmLinear";
import { svmRbf } from "./kernel/svmRbf";
import { logisticRegression } from "./linear/logisticRegression";
import { ridgeRegression } from "./linear/ridgeRegression";
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
