import { z } from "zod";
import type { FeatureTable } from "../../data/featureTable";
import { AppError } from "../../errors";
import { binColumn } from "./binColumn";
import { orderCategory } from "./categoryOrder";
import { checkTrainingRows, requireClasses } from "./checkTrainingRows";
import { integerWeights, laneLayout } from "./classHistogram";
import { classProbabilities } from "./classProbabilities";
import { type ForestFeatures, forestGraph } from "./forestGraph";
import { joinTrees } from "./forestModel";
import { forestScores } from "./forestScores";
import { type GrowthPlan, TreeGrower } from "./growTree";
import { createManyClassScan } from "./scanManyClasses";
import { scanTwoClasses } from "./scanTwoClasses";
import { alignCodes } from "./trainedCategory";
import type { ClassTarget, FitContext, FittedModel, Trainer, TrainingTarget } from "./trainer";

const parameters = z.strictObject({
  trees: z.int().min(1).max(2000).default(100),
  maxDepth: z.int().min(1).max(32).default(12),
  /** distinct training rows that a leaf must hold */
  minLeafRows: z.int().min(1).default(20),
  /** features tried at each split: "sqrt" of them, a share below 1, or a number of them from 1 on */
  featuresPerSplit: z.union([z.literal("sqrt"), z.number().gt(0).lt(1), z.int().min(1)]).default("sqrt"),
});

type ForestParameters = z.output<typeof parameters>;

const maxRows = 2 ** 22;
const maxClasses = 200;

/** A random forest (Breiman 2001): bootstrap samples, Gini splits on binned features, leaves that hold class shares. */
export const randomForest: Trainer<ForestParameters> = {
  learner: "random-forest",
  tasks: ["classification"],
  parameters,
  fit,
};

function fit(
  table: FeatureTable,
  target: TrainingTarget,
  settings: ForestParameters,
  context: FitContext,
): FittedModel {
  requireClasses("random-forest", target);
  checkTrainingRows(table, target, context.sampleWeights);
  checkSize(table.rowCount, target.classes.length);
  const features: ForestFeatures = {
    numbers: table.numbers.map(({ name }) => name),
    categories: table.categories.map((column) => orderCategory(column, target, context.sampleWeights)),
  };
  const { classes } = target;
  const positiveIndex = context.positiveIndex ?? 1;
  const grower = new TreeGrower(growthPlan(featureColumns(features, table), target, settings, context.sampleWeights));
  const trees = Array.from({ length: settings.trees }, (_, index) => {
    const tree = grower.grow(context.seed, index);
    context.onProgress?.((index + 1) / settings.trees);
    return tree;
  });
  const forest = joinTrees(trees, positiveIndex);
  return {
    predict: (rows) =>
      classProbabilities(
        forestScores(forest, featureColumns(features, rows), rows.rowCount),
        classes.length,
        positiveIndex,
      ),
    toOnnx: () =>
      forestGraph(forest, features, { classes, positiveIndex, decisionThreshold: context.decisionThreshold ?? 0.5 }),
  };
}

function checkSize(rowCount: number, classCount: number): void {
  if (rowCount > maxRows)
    throw new AppError("too_large", `${rowCount} training rows; random-forest takes at most ${maxRows}`);
  if (classCount > maxClasses)
    throw new AppError("invalid_input", `${classCount} classes; random-forest takes at most ${maxClasses}`);
}

/** The numbers, then each category's ranks, as float32 columns with NaN for missing or unknown. */
function featureColumns(features: ForestFeatures, table: FeatureTable): Float32Array[] {
  const ranks = features.categories.map((category, index) =>
    Float32Array.from(alignCodes(category, table.categories[index]), (rank) => (rank < 0 ? Number.NaN : rank)),
  );
  return [...table.numbers.map(({ values }) => values), ...ranks];
}

function growthPlan(
  columns: Float32Array[],
  { classes, codes }: ClassTarget,
  settings: ForestParameters,
  sampleWeights: Float64Array | undefined,
): GrowthPlan {
  const classCount = classes.length;
  const layout = laneLayout(codes.length, sampleWeights);
  const weights = integerWeights(sampleWeights ?? new Float64Array(codes.length).fill(1), layout);
  return {
    columns: columns.map((values) => binColumn(values, codes, classCount)),
    classes: codes,
    classCount,
    rowCount: codes.length,
    weights,
    drawable: Int32Array.from(weights.keys()).filter((row) => weights[row] > 0),
    layout,
    maxDepth: settings.maxDepth,
    minLeafRows: settings.minLeafRows,
    featuresPerSplit: splitWidth(settings.featuresPerSplit, columns.length),
    scan: classCount === 2 ? scanTwoClasses : createManyClassScan(classCount),
  };
}

function splitWidth(setting: ForestParameters["featuresPerSplit"], featureCount: number): number {
  const wanted = setting === "sqrt" ? Math.sqrt(featureCount) : setting < 1 ? setting * featureCount : setting;
  return Math.min(featureCount, Math.max(1, Math.floor(wanted)));
}
