import { z } from "zod";
import { AppError } from "../../errors";
import type { FeatureTable } from "../../featureTable";
import { checkTrainingRows } from "../rows/checkTrainingRows";
import { classProbabilities } from "../rows/classProbabilities";
import type { FitContext, FittedModel, Trainer, TrainingTarget } from "../trainer";
import { type RankedFeatures, rankedColumns } from "../treeRows/rankedRows";
import { rankFeatures } from "../treeRows/rankFeatures";
import { bestRoundCount } from "./bestRoundCount";
import { boostedGraph } from "./boostedGraph";
import { boostedScores, scoresToProbabilities } from "./boostedScores";
import { type BoostedTrees, joinTrees } from "./boostedTrees";
import { BoostingRounds } from "./boostingRounds";
import { lossFor } from "./loss";
import type { RegressionTree } from "./regressionTree";
import { type TrainingData, trainingData } from "./trainingData";

const learner = "gradient-boosting";
const maxRows = 2 ** 22;
const maxClasses = 200;

const parameters = z.strictObject({
  rounds: z.int().min(1).max(5000).default(200),
  learningRate: z.number().gt(0).max(1).default(0.1),
  maxLeaves: z.int().min(2).max(4096).default(31),
  maxDepth: z.int().min(1).max(64).optional(),
  /** training rows that a leaf must hold */
  minLeafRows: z.int().min(1).default(20),
  /** added to the second derivatives of a leaf: shrinks leaves of few or sure rows */
  l2: z.number().min(0).max(1e9).default(1),
  /** share of the features drawn for each tree */
  featureShare: z.number().gt(0).max(1).default(1),
  /**
   * 0: all rounds; else as many as are best on rows held back, looked for until so many rounds in a row were no better
   */
  earlyStoppingRounds: z.int().min(0).max(5000).default(0),
  /** share of the rows held back for early stopping: the newest where rows have times */
  validationFraction: z.number().min(0.01).max(0.9).default(0.15),
});

type BoostingParameters = z.output<typeof parameters>;

/** Gradient boosting (Friedman 2001) of trees on binned columns, grown leaf by leaf (Ke et al., LightGBM, 2017). */
export const gradientBoosting: Trainer<BoostingParameters> = {
  learner,
  tasks: ["classification", "regression"],
  parameters,
  fit(table, target, settings, context) {
    checkTrainingRows(table, target, context.sampleWeights);
    checkSize(table.rowCount, target);
    const data = trainingData(table, target, context.sampleWeights, context.times);
    const { features, model } = boost(data, settings, context);
    return target.task === "classification"
      ? classModel(model, features, target.classes, context)
      : valueModel(model, features);
  },
};

function checkSize(rowCount: number, target: TrainingTarget): void {
  if (rowCount > maxRows)
    throw new AppError("too_large", `${rowCount} training rows; ${learner} takes at most ${maxRows}`);
  if (target.task === "classification" && target.classes.length > maxClasses)
    throw new AppError("invalid_input", `${target.classes.length} classes; ${learner} takes at most ${maxClasses}`);
}

function boost(
  data: TrainingData,
  settings: BoostingParameters,
  { seed, positiveIndex = 1, onProgress }: FitContext,
): { features: RankedFeatures; model: BoostedTrees } {
  const growth = { ...settings, maxDepth: settings.maxDepth ?? Number.POSITIVE_INFINITY };
  const stoppingShare = settings.earlyStoppingRounds > 0 ? 0.5 : 0;
  const rounds =
    stoppingShare > 0
      ? bestRoundCount(data, growth, { seed, positiveIndex }, (round) =>
          onProgress?.((stoppingShare * round) / settings.rounds),
        )
      : settings.rounds;
  const { table, target, weights: sampleWeights, times } = data;
  const { features, columns } = rankFeatures(table, target, { seed, sampleWeights, times });
  const loss = lossFor(data.target, data.weights, positiveIndex);
  const boosting = new BoostingRounds(columns, data.table.rowCount, loss, data.weights, growth, seed);
  const grown: RegressionTree[][] = [];
  for (let round = 1; round <= rounds; round++) {
    const trees = boosting.next();
    if (trees === undefined) break;
    grown.push(trees);
    onProgress?.(stoppingShare + ((1 - stoppingShare) * round) / rounds);
  }
  return { features, model: joinTrees(grown, loss) };
}

function classModel(
  model: BoostedTrees,
  features: RankedFeatures,
  classes: readonly string[],
  { positiveIndex = 1, decisionThreshold = 0.5 }: FitContext,
): FittedModel {
  return {
    predict: (table) => {
      const scores = boostedScores(model, rankedColumns(features, table), table.rowCount);
      return classProbabilities(scoresToProbabilities(scores, model.outputCount), classes.length, positiveIndex);
    },
    toOnnx: () => boostedGraph(learner, model, features, { classes, positiveIndex, decisionThreshold }),
  };
}

function valueModel(model: BoostedTrees, features: RankedFeatures): FittedModel {
  return {
    predict: (table: FeatureTable) => boostedScores(model, rankedColumns(features, table), table.rowCount),
    toOnnx: () => boostedGraph(learner, model, features),
  };
}
