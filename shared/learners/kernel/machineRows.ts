import { type FeatureTable, gather, selectRows } from "../../featureTable";
import { type LinearFeatures, learnFeatures } from "../linear/linearFeatures";
import { checkTrainingRows, requireClasses } from "../rows/checkTrainingRows";
import type { ClassTarget, FitContext, TrainingTarget } from "../trainer";
import { type Points, toPoints } from "./points";

/** What a support vector machine learns from: the rows of positive weight. */
export interface MachineRows {
  features: LinearFeatures;
  points: Points;
  target: ClassTarget;
  /** one per row, positive */
  weights: Float64Array;
  /** the same without class weights */
  plainWeights: Float64Array;
  /** epoch ms per row where rows have a time */
  times?: Float64Array;
}

/**
 * The rows of `table` that count, as points; AppError invalid_input for rows or a target that cannot be learned from.
 */
export function machineRows(
  learner: string,
  table: FeatureTable,
  target: TrainingTarget,
  context: FitContext,
): MachineRows {
  requireClasses(learner, target);
  const { sampleWeights } = context;
  checkTrainingRows(table, target, sampleWeights);
  const all = Int32Array.from({ length: table.rowCount }, (_, row) => row);
  const rows = sampleWeights === undefined ? all : all.filter((row) => sampleWeights[row] > 0);
  const pick = (values?: Float64Array) => {
    const picked = new Float64Array(rows.length).fill(1);
    return values === undefined ? picked : gather(values, picked, rows);
  };
  const weights = pick(sampleWeights);
  const counted = rows.length === table.rowCount ? table : selectRows(table, rows);
  const features = learnFeatures(counted, weights);
  return {
    features,
    points: toPoints(features, counted),
    target: { ...target, codes: gather(target.codes, new Int32Array(rows.length), rows) },
    weights,
    plainWeights: pick(context.plainWeights ?? sampleWeights),
    times: context.times && gather(context.times, new Float64Array(rows.length), rows),
  };
}
