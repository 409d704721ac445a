import type { FeatureTable } from "../../featureTable";
import type { FitContext, TrainingTarget } from "../trainer";
import { orderCategory } from "./categoryOrder";
import { crossFitCategory, isThin } from "./crossFitCategory";
import { type RankedFeatures, rankedColumn } from "./rankedRows";

/** What trees are grown on: the features as they will see them, and the training rows' columns in that order. */
export interface RankedTraining {
  features: RankedFeatures;
  columns: Float32Array[];
}

/**
 * The features as trees look at them, the levels of categories placed by these rows' target; and the columns that trees
 * are grown on.
 */
export function rankFeatures(
  { numbers, categories }: FeatureTable,
  target: TrainingTarget,
  context: Pick<FitContext, "seed" | "sampleWeights" | "times">,
): RankedTraining {
  const placed = categories.map((column) => {
    if (isThin(column, context.sampleWeights)) return crossFitCategory(column, target, context);
    const category = orderCategory(column, target, context.sampleWeights);
    return { category, values: rankedColumn(category, column) };
  });
  return {
    features: { numbers: numbers.map(({ name }) => name), categories: placed.map(({ category }) => category) },
    columns: [...numbers.map(({ values }) => values), ...placed.map(({ values }) => values)],
  };
}
