import { AppError } from "../../errors";
import type { FeatureTable } from "../../featureTable";
import { checkTrainingRows } from "../rows/checkTrainingRows";
import { classProbabilities } from "../rows/classProbabilities";
import type { ClassTarget, FitContext, FittedModel, TrainingTarget, ValueTarget } from "../trainer";
import { binColumn } from "../treeRows/binColumn";
import { rankedColumns } from "../treeRows/rankedRows";
import { type RankedTraining, rankFeatures } from "../treeRows/rankFeatures";
import { integerWeights, weightLayout } from "./classHistogram";
import { classLeaves } from "./classLeaves";
import { ClassStatistic } from "./classStatistic";
import { forestGraph } from "./forestGraph";
import { type Forest, joinTrees, type LeafWriter } from "./forestModel";
import { forestScores, forestValues } from "./forestScores";
import { TreeGrower } from "./growTree";
import { histogramScan } from "./histogramScan";
import type { NodeStatistic } from "./nodeStatistic";
import { randomCutScan } from "./randomCutScan";
import { scanEveryCut } from "./scanEveryCut";
import { scanTwoClasses } from "./scanTwoClasses";
import { giniCriterion, squaredErrorCriterion } from "./splitCriterion";
import { type ValueScale, valueLeaves, valueScale } from "./valueLeaves";
import { ValueStatistic } from "./valueStatistic";

/** How a forest is grown. */
export interface ForestSettings {
  trees: number;
  maxDepth: number;
  minLeafRows: number;
  /** features tried at each split */
  featuresPerSplit: number;
  bootstrap: boolean;
  cuts: "best" | "random";
}

const maxRows = 2 ** 22;
const maxClasses = 200;

/**
 * Grows a forest of classes or of numbers; AppError invalid_input or too_large when `learner` cannot learn from the
 * rows.
 */
export function fitForest(
  learner: string,
  table: FeatureTable,
  target: TrainingTarget,
  settings: ForestSettings,
  context: FitContext,
): FittedModel {
  checkTrainingRows(table, target, context.sampleWeights);
  if (table.rowCount > maxRows)
    throw new AppError("too_large", `${table.rowCount} training rows; ${learner} takes at most ${maxRows}`);
  const ranked = rankFeatures(table, target, context);
  if (target.task === "regression") return fitValues(learner, ranked, target, settings, context);
  if (target.classes.length > maxClasses)
    throw new AppError("invalid_input", `${target.classes.length} classes; ${learner} takes at most ${maxClasses}`);
  return fitClasses(learner, ranked, target, settings, context);
}

function fitClasses(
  learner: string,
  { features, columns }: RankedTraining,
  { classes, codes }: ClassTarget,
  settings: ForestSettings,
  context: FitContext,
): FittedModel {
  const positiveIndex = context.positiveIndex ?? 1;
  const { sampleWeights, decisionThreshold = 0.5 } = context;
  const layout = weightLayout(codes.length, sampleWeights);
  const weights = integerWeights(sampleWeights ?? new Float64Array(codes.length).fill(1), layout);
  const statistic = new ClassStatistic(codes, classes.length, weights, layout);
  const { outputCount, write } = classLeaves(classes.length, positiveIndex);
  const forest = growForest({ columns, statistic, weights, outputCount, write }, settings, context);
  return {
    predict: (rows) =>
      classProbabilities(
        forestScores(forest, rankedColumns(features, rows), rows.rowCount),
        classes.length,
        positiveIndex,
      ),
    toOnnx: () => forestGraph(learner, forest, features, { classes, positiveIndex, decisionThreshold }),
  };
}

function fitValues(
  learner: string,
  { features, columns }: RankedTraining,
  { values }: ValueTarget,
  settings: ForestSettings,
  context: FitContext,
): FittedModel {
  const { sampleWeights } = context;
  const layout = weightLayout(values.length, sampleWeights);
  const weights = integerWeights(sampleWeights ?? new Float64Array(values.length).fill(1), layout);
  const scale: ValueScale = valueScale(values, sampleWeights, settings.trees);
  const centred = values.map((value) => value - scale.centre);
  const statistic = new ValueStatistic(centred, weights, layout);
  const { outputCount, write } = valueLeaves(scale);
  const forest = growForest({ columns, statistic, weights, outputCount, write }, settings, context);
  return {
    predict: (rows) => forestValues(forest, scale, rankedColumns(features, rows), rows.rowCount),
    toOnnx: () => forestGraph(learner, forest, features, scale),
  };
}

interface GrowthRows {
  columns: Float32Array[];
  statistic: NodeStatistic;
  /** integer weight per row */
  weights: Float64Array;
  outputCount: number;
  write: LeafWriter;
}

function growForest(rows: GrowthRows, settings: ForestSettings, context: FitContext): Forest {
  const { statistic, weights } = rows;
  const { trees: treeCount, maxDepth, minLeafRows, featuresPerSplit, bootstrap } = settings;
  const grower = new TreeGrower({
    columns: rows.columns.map((values) => binColumn(values, statistic.codes, statistic.sumCount)),
    statistic,
    rowCount: weights.length,
    drawable: Int32Array.from(weights.keys()).filter((row) => weights[row] > 0),
    bootstrap,
    maxDepth,
    minLeafRows,
    featuresPerSplit,
    scan: scanFor(statistic, settings.cuts),
  });
  const trees = Array.from({ length: treeCount }, (_, index) => {
    const tree = grower.grow(context.seed, index);
    context.onProgress?.((index + 1) / treeCount);
    return tree;
  });
  return joinTrees(trees, rows.outputCount, rows.write);
}

function scanFor(statistic: NodeStatistic, cuts: ForestSettings["cuts"]) {
  const ofValues = statistic instanceof ValueStatistic;
  const criterion = ofValues ? squaredErrorCriterion : giniCriterion(statistic.sumCount);
  if (cuts === "random") return randomCutScan(statistic, criterion);
  const twoClasses = !ofValues && statistic.sumCount === 2;
  return histogramScan(statistic, twoClasses ? scanTwoClasses : scanEveryCut(criterion));
}
