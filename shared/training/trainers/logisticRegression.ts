import { z } from "zod";
import { checkTrainingRows, requireClasses } from "./checkTrainingRows";
import { classProbabilities } from "./classProbabilities";
import { type LinearFeatures, type LinearRows, learnFeatures, linearRows } from "./linearFeatures";
import { normalise, scoreRow } from "./linearScores";
import { type LinearWeights, logisticGraph } from "./logisticGraph";
import { logisticObjective } from "./logisticObjective";
import { minimize } from "./minimize";
import type { ClassTarget, FittedModel, Trainer } from "./trainer";

const parameters = z.strictObject({
  /** penalty on the squared weights of standardised columns; 1 / C of scikit-learn */
  l2: z.number().min(0).max(1e9).default(1),
  maxIterations: z.int().min(1).max(10_000).default(200),
  /** done when no component of the gradient of the mean loss is larger */
  tolerance: z.number().gt(0).max(0.1).default(1e-6),
});

type LogisticParameters = z.output<typeof parameters>;

/** Logistic regression for two classes, multinomial for more: L2 penalty, L-BFGS, standardised numbers, one-hot categories. */
export const logisticRegression: Trainer<LogisticParameters> = {
  learner: "logistic-regression",
  tasks: ["classification"],
  parameters,
  fit(table, target, settings, context) {
    requireClasses("logistic-regression", target);
    checkTrainingRows(table, target, context.sampleWeights);
    const sampleWeights = context.sampleWeights ?? new Float64Array(table.rowCount).fill(1);
    const positiveIndex = context.positiveIndex ?? 1;
    const features = learnFeatures(table, sampleWeights);
    const rows = standardise(linearRows(features, table), features);
    const laneCount = target.classes.length === 2 ? 1 : target.classes.length;
    const targetLanes = laneCount === 1 ? target.codes.map((code) => (code === positiveIndex ? 0 : -1)) : target.codes;
    const problem = { rows, width: features.width, laneCount, targetLanes, sampleWeights, l2: settings.l2 };
    const start = new Float64Array(laneCount * (features.width + 1));
    const { maxIterations, tolerance } = settings;
    const { point, iterations, converged } = minimize(logisticObjective(problem), start, {
      maxIterations,
      tolerance,
      onIteration: (iteration) => context.onProgress?.(iteration / maxIterations),
    });
    const model = rawWeights(point, features, laneCount);
    const { decisionThreshold = 0.5 } = context;
    const rule = { classes: target.classes, positiveIndex, decisionThreshold };
    return fitted(features, model, rule, { iterations, converged });
  },
};

function fitted(
  features: LinearFeatures,
  model: LinearWeights,
  rule: { classes: ClassTarget["classes"]; positiveIndex: number; decisionThreshold: number },
  notes: object,
): FittedModel {
  return {
    predict: (table) => {
      const scores = laneProbabilities(linearRows(features, table), features.width, model);
      return classProbabilities(scores, rule.classes.length, rule.positiveIndex);
    },
    toOnnx: () => logisticGraph(features, model, rule, notes),
  };
}

/** The numbers as (value - mean) / deviation, in float32, which is how they are fitted. */
function standardise(rows: LinearRows, { numbers }: LinearFeatures): LinearRows {
  const width = numbers.length;
  return {
    ...rows,
    numbers: rows.numbers.map((value, at) => (value - numbers[at % width].mean) / numbers[at % width].deviation),
  };
}

/** Takes the standardisation into the weights, so that scoring needs no scaler: w / deviation, and the means into the intercept. */
function rawWeights(point: Float64Array, { numbers, width }: LinearFeatures, laneCount: number): LinearWeights {
  const weights = point.slice(0, laneCount * width);
  const intercepts = point.slice(laneCount * width);
  for (let lane = 0; lane < laneCount; lane++) {
    for (const [k, { mean, deviation }] of numbers.entries()) {
      weights[lane * width + k] /= deviation;
      intercepts[lane] -= weights[lane * width + k] * mean;
    }
  }
  return { laneCount, weights, intercepts };
}

/** Probabilities, rows x lanes, rounded to float32 as the graph's outputs are. */
function laneProbabilities(rows: LinearRows, width: number, model: LinearWeights): Float64Array {
  const { laneCount, weights, intercepts } = model;
  const all = new Float64Array(rows.rowCount * laneCount);
  const scores = new Float64Array(laneCount);
  for (let row = 0; row < rows.rowCount; row++) {
    scoreRow(rows, row, weights, intercepts, width, scores);
    normalise(scores);
    for (let lane = 0; lane < laneCount; lane++) all[row * laneCount + lane] = Math.fround(scores[lane]);
  }
  return all;
}
