import type { CategoryColumn } from "../../featureTable";
import { calibrationFolds } from "../rows/calibrationFolds";
import { alignCodes, occurringLevels } from "../rows/trainedCategory";
import type { FitContext, TrainingTarget } from "../trainer";
import { labelScores } from "./categoryOrder";
import type { RankedCategory } from "./rankedRows";

/**
 * up to so many levels, or from so many rows per level on, their order by the labels of all rows is no worse; see
 * docs/decisions/thin-categories.md
 */
const fewLevels = 20;
const enoughRows = 30;
const foldCount = 5;
/** rows of the average label that count with those of each level */
const averageRows = 5;
/** the folds' own stream of random numbers; trees take those from 0 on */
const foldStream = -2;

/** Whether the column has many levels for its rows of positive weight. */
export function isThin(column: CategoryColumn, weights?: Float64Array): boolean {
  const levelCount = occurringLevels(column, weights).length;
  const rowCount = column.codes.filter((code, row) => code >= 0 && (weights === undefined || weights[row] > 0)).length;
  return levelCount > fewLevels && rowCount < enoughRows * levelCount;
}

/**
 * The levels as means of their rows' labels, shrunk towards the mean of all (Micci-Barreca 2001); and the column that
 * trees are grown on, where each row's mean leaves out the fold of the row, so that no row is told its own label.
 */
export function crossFitCategory(
  column: CategoryColumn,
  target: TrainingTarget,
  { seed, sampleWeights, times }: Pick<FitContext, "seed" | "sampleWeights" | "times">,
): { category: RankedCategory; values: Float32Array } {
  const levels = occurringLevels(column, sampleWeights);
  const codes = alignCodes({ name: column.name, levels }, column);
  const strata = target.task === "classification" ? target.codes : new Int32Array(codes.length);
  const foldOf = calibrationFolds({ codes: strata, sampleWeights, times }, foldCount, seed, foldStream);
  const used = Int32Array.from(foldOf.keys()).filter((row) => foldOf[row] >= 0);
  const weights = meanOne(used, codes.length, sampleWeights);
  const scores = centred(used, weights, labelScores(levels.length, codes, target, sampleWeights));
  const all = new LevelSums(levels.length);
  const byFold = Array.from({ length: foldCount }, () => new LevelSums(levels.length));
  for (const row of used) {
    if (codes[row] < 0) continue;
    all.add(codes[row], weights[row], scores[row]);
    byFold[foldOf[row]].add(codes[row], weights[row], scores[row]);
  }
  const values = Float32Array.from(codes, (code, row) =>
    code < 0 ? Number.NaN : all.meanWithout(code, byFold[foldOf[row]]),
  );
  return {
    category: { name: column.name, levels, values: Float32Array.from(levels, (_, at) => all.meanWithout(at)) },
    values,
  };
}

/** Weights and weighted scores of the rows of each level. */
class LevelSums {
  private readonly weight: Float64Array;
  private readonly score: Float64Array;

  constructor(levelCount: number) {
    this.weight = new Float64Array(levelCount);
    this.score = new Float64Array(levelCount);
  }

  add(level: number, weight: number, score: number): void {
    this.weight[level] += weight;
    this.score[level] += weight * score;
  }

  /** The shrunk mean of a level, but for the rows in `part`. */
  meanWithout(level: number, part?: LevelSums): number {
    const weight = this.weight[level] - (part?.weight[level] ?? 0);
    return (this.score[level] - (part?.score[level] ?? 0)) / (weight + averageRows);
  }
}

/** The weights of all rows, of which those `used` have a mean of 1. */
function meanOne(used: Int32Array, rowCount: number, weights?: Float64Array): Float64Array {
  if (weights === undefined) return new Float64Array(rowCount).fill(1);
  const mean = used.reduce((sum, row) => sum + weights[row], 0) / used.length;
  return weights.map((weight) => weight / mean);
}

/**
 * The scores less their mean, the farthest of those `used` at a distance of 1: float32 has room for them whatever the
 * label's unit.
 */
function centred(used: Int32Array, weights: Float64Array, scores: Float64Array): Float64Array {
  const mean = used.reduce((sum, row) => sum + weights[row] * scores[row], 0) / used.length;
  const reach = used.reduce((most, row) => Math.max(most, Math.abs(scores[row] - mean)), 0);
  return scores.map((score) => (score - mean) / (reach || 1));
}
