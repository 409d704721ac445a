import { copyFile } from "node:fs/promises";
import path from "node:path";
import { prepareDataset } from "../../shared/data/prepareDataset";
import type { PreparedData } from "../../shared/data/preparedData";
import { type BiasVariance, biasVariance } from "../../shared/evaluation/biasVariance";
import { decidedClasses, membershipOf, positiveOf, scoresOf } from "../../shared/evaluation/classifierOutput";
import { modelOutput } from "../../shared/evaluation/modelOutput";
import { isClassifier, type ModelOutput } from "../../shared/evaluation/weightedMetric";
import { selectRows } from "../../shared/featureTable";
import { createDuckDb } from "../../shared/sql/duckdb";
import { fitRows } from "../../shared/training/fitRows";
import { planTrials } from "../../shared/training/planTrials";
import type { Trial } from "../../shared/training/runRecord";
import type { UsecaseSpec } from "../../shared/usecase/usecaseSpec";
import type { EvaluationReport } from "./report";

/**
 * Bias and variance of each trial of a use case on a dataset, over `fits` bootstrap samples of the newest fold's
 * training rows, evaluated on its validation rows (the hold-out set stays unused). The loss is the squared error for
 * numbers, the Brier score for two classes, and the error rate for more.
 */
export async function evaluateLearners(
  file: string,
  spec: UsecaseSpec,
  { fits, onTrial }: { fits: number; onTrial(name: string): void },
): Promise<EvaluationReport> {
  const data = await createDuckDb().withSession(async (session, folder) => {
    const copy = path.join(folder, path.basename(file));
    await copyFile(file, copy);
    return prepareDataset(session, [{ version: 1, path: copy }], spec);
  });
  const metrics: EvaluationReport["metrics"] = {};
  for (const trial of planTrials(spec)) {
    const name = [trial.learner, ...Object.entries(trial.parameters).map(([key, value]) => `${key}=${value}`)].join(
      " ",
    );
    onTrial(name);
    const { loss, bias, netVariance } = splitOf(trial, data, spec, fits);
    Object.assign(metrics, { [`${name}: loss`]: loss, [`${name}: bias`]: bias, [`${name}: variance`]: netVariance });
  }
  return { rows: (data.folds.at(-1)?.validation ?? []).length, metrics, details: { fits } };
}

function splitOf(trial: Trial, data: PreparedData, spec: UsecaseSpec, fits: number): BiasVariance {
  const { train: trainRows, validation } = data.folds[data.folds.length - 1];
  const validationTable = selectRows(data.table, validation);
  const { decisionThreshold, classWeights } = spec;
  const outputOf = (predictions: Float64Array) => modelOutput(data, validation, predictions, decisionThreshold);
  const fitAndPredict = (rows: Int32Array, seed: number) => {
    const model = fitRows(data, rows, trial, { seed, decisionThreshold, classWeights });
    return answersOf(outputOf(model.predict(validationTable)));
  };
  const truth = outputOf(new Float64Array(validation.length * Math.max(data.classes.length, 1)));
  const loss = data.classes.length > 2 ? "zeroOne" : "squared";
  return biasVariance({ loss, trainRows, target: truthOf(truth), samples: fits, seed: spec.seed }, fitAndPredict);
}

/**
 * What is compared with the truth: a number; with two classes the probability of the positive one; with more, the
 * predicted class.
 */
function answersOf(output: ModelOutput): Float64Array {
  if (!isClassifier(output)) return output.predictions;
  const positive = positiveOf(output);
  return positive === undefined ? Float64Array.from(decidedClasses(output)) : scoresOf(output, positive);
}

function truthOf(output: ModelOutput): Float64Array {
  if (!isClassifier(output)) return output.target;
  const positive = positiveOf(output);
  return Float64Array.from(positive === undefined ? output.target : membershipOf(output, positive));
}
