import { copyFile } from "node:fs/promises";
import path from "node:path";
import { gather, selectRows } from "../../shared/data/featureTable";
import { prepareDataset } from "../../shared/data/prepareDataset";
import type { PreparedData } from "../../shared/data/preparedData";
import { type BiasVariance, biasVariance } from "../../shared/evaluation/biasVariance";
import { type ClassifierOutput, decidedClasses, positiveOf, scoresOf } from "../../shared/evaluation/classifierOutput";
import { createDuckDb } from "../../shared/sql/duckdb";
import { planTrials } from "../../shared/training/planTrials";
import type { Trial } from "../../shared/training/runRecord";
import { trainerFor } from "../../shared/training/trainers/registry";
import type { UsecaseSpec } from "../../shared/usecase/usecaseSpec";
import type { EvaluationReport } from "./report";

/**
 * Bias and variance of each trial of a use case on a dataset, over `fits` bootstrap samples of the newest fold's training rows, judged on
 * its validation rows (the hold-out stays unseen): of the Brier score with two classes, of the share of wrong decisions with more.
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
  const { classes, positiveIndex, folds } = data;
  const { train: trainRows, validation } = folds[folds.length - 1];
  const codesOf = (rows: Int32Array) => gather(data.target, new Int32Array(rows.length), rows);
  const truth = codesOf(validation);
  const validationTable = selectRows(data.table, validation);
  const positive = positiveOf({ classes, positiveIndex, target: truth, probabilities: new Float64Array() });
  const { decisionThreshold, seed } = spec;
  const fitAndPredict = (rows: Int32Array, fitSeed: number) => {
    const target = { task: "classification" as const, classes, codes: codesOf(rows) };
    const context = { seed: fitSeed, decisionThreshold, positiveIndex };
    const model = trainerFor(trial.learner).fit(selectRows(data.table, rows), target, trial.parameters, context);
    const output: ClassifierOutput = {
      classes,
      positiveIndex,
      target: truth,
      probabilities: model.predict(validationTable),
    };
    return positive === undefined ? Float64Array.from(decidedClasses(output)) : scoresOf(output, positive);
  };
  const target = Float64Array.from(truth, (code) => (positive === undefined ? code : code === positive ? 1 : 0));
  const loss = positive === undefined ? "zeroOne" : "squared";
  return biasVariance({ loss, trainRows, target, samples: fits, seed }, fitAndPredict);
}
