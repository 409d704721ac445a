import { solveDeviation } from "../moments/mahalanobis";
import { type Covariances, covariancesOf, joinMoments } from "../moments/momentStatistics";
import type { MomentSums } from "../windowProfile";
import { type Block, type Fold, matthews } from "./block";

/**
 * Held-out Matthews correlation of the linear discriminant of all numbers (R. Fisher, 1936), which follows from sums
 * alone; the scores of a held-out block are taken for normal. Sees changes of several features together.
 */
export function linearMatthews(folds: readonly Fold[]): number {
  const held = { hits: 0, falseHits: 0, targetRows: 0, baselineRows: 0 };
  for (const { learn, judge } of folds) {
    const line = discriminant(learn);
    if (line === undefined) continue;
    const target = taken(judge.target, line);
    const baseline = taken(judge.baseline, line);
    held.hits += target.above;
    held.targetRows += target.rows;
    held.falseHits += baseline.above;
    held.baselineRows += baseline.rows;
  }
  if (held.targetRows === 0 || held.baselineRows === 0) return 0;
  return matthews({ hits: held.hits / held.targetRows, falseHits: held.falseHits / held.baselineRows });
}

interface Line {
  weights: Float64Array;
  /** scores above it are taken for the target's */
  middle: number;
}

function discriminant({ baseline, target }: Fold["learn"]): Line | undefined {
  const before = covariances(baseline);
  const now = covariances(target);
  if (before === undefined || now === undefined || before.columns.length === 0) return undefined;
  const pooled = before.matrix.map((value, i) => (value + now.matrix[i]) / 2);
  const weights = solveDeviation(
    pooled,
    now.means.map((mean, i) => mean - before.means[i]),
  );
  return { weights, middle: (dot(weights, before.means) + dot(weights, now.means)) / 2 };
}

function covariances(blocks: readonly Block[]): Covariances | undefined {
  const moments: MomentSums[] = blocks.map((block) => block.moments);
  return moments.length === 0 ? undefined : covariancesOf(joinMoments(moments));
}

function taken(blocks: readonly Block[], { weights, middle }: Line): { above: number; rows: number } {
  let above = 0;
  let rows = 0;
  for (const { moments } of blocks) {
    const found = covariancesOf(moments);
    if (found === undefined) continue;
    const size = weights.length;
    let variance = 0;
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) variance += weights[i] * weights[j] * found.matrix[i * size + j];
    const distance = dot(weights, found.means) - middle;
    above += found.rows * (variance > 0 ? normalBelow(distance / Math.sqrt(variance)) : distance > 0 ? 1 : 0);
    rows += found.rows;
  }
  return { above, rows };
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

/** The probability that a standard normal variable is below `z`; error under 1e-7. Abramowitz, Stegun, 26.2.17. */
function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
  return z >= 0 ? 1 - tail : tail;
}
