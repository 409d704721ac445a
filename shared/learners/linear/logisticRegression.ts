import { z } from "zod";
import { minimize } from "../../math/minimize";
import { checkTrainingRows, requireClasses } from "../rows/checkTrainingRows";
import { classProbabilities } from "../rows/classProbabilities";
import type { ClassTarget, FittedModel, Trainer } from "../trainer";
import { type LinearFeatures, type LinearRows, learnFeatures, linearRows } from "./linearFeatures";
import { normalise } from "./linearScores";
import { type LinearWeights, linearOutputs, rawWeights } from "./linearWeights";
import { logisticGraph } from "./logisticGraph";
import { logisticObjective } from "./logisticObjective";

const parameters = z.strictObject({
  /** penalty on the squared weights of standardised columns; 1 / C of scikit-learn */
  l2: z.number().min(0).max(1e9).default(1),
  maxIterations: z.int().min(1).max(10_000).default(200),
  /** done when no component of the gradient of the mean loss is larger */
  tolerance: z.number().gt(0).max(0.1).default(1e-6),
});

type LogisticParameters = z.output<typeof parameters>;

/**
 * Logistic regression for two classes, multinomial for more: L2 penalty, L-BFGS, standardised numbers, one-hot
 * categories.
 */
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
    const outputCount = target.classes.length === 2 ? 1 : target.classes.length;
    const targetOutputs =
      outputCount === 1 ? target.codes.map((code) => (code === positiveIndex ? 0 : -1)) : target.codes;
    const problem = { rows, width: features.width, outputCount, targetOutputs, sampleWeights, l2: settings.l2 };
    const start = new Float64Array(outputCount * (features.width + 1));
    const { maxIterations, tolerance } = settings;
    const { point, iterations, converged } = minimize(logisticObjective(problem), start, {
      maxIterations,
      tolerance,
      onIteration: (iteration) => context.onProgress?.(iteration / maxIterations),
    });
    const weightCount = outputCount * features.width;
    const standardised = { weights: point.slice(0, weightCount), intercepts: point.slice(weightCount) };
    const model = rawWeights(standardised, features);
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
      const scores = linearOutputs(linearRows(features, table), features.width, model, normalise);
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
