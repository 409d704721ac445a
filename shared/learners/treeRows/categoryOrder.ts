import type { CategoryColumn } from "../../featureTable";
import { alignCodes, occurringLevels } from "../rows/trainedCategory";
import type { ClassTarget, TrainingTarget } from "../trainer";
import type { RankedCategory } from "./rankedRows";

/**
 * The column's levels in the order in which a tree may cut them: by the mean of a numeric label or the share of the
 * last of two classes (optimal after Fisher 1958 and Breiman 1984), with more classes by the first principal component
 * of the class shares (Coppersmith et al. 1999); equals by name.
 */
export function orderCategory(column: CategoryColumn, target: TrainingTarget, weights?: Float64Array): RankedCategory {
  const levels = occurringLevels(column, weights);
  const codes = alignCodes({ name: column.name, levels }, column);
  const scores =
    target.task === "regression"
      ? meanValues(levels.length, codes, target.values, weights)
      : shareScores(levels.length, codes, target, weights);
  const scored = levels.map((level, index) => ({ level, score: scores[index] }));
  scored.sort((a, b) => a.score - b.score || (a.level < b.level ? -1 : 1));
  return {
    name: column.name,
    levels: scored.map(({ level }) => level),
    values: Float32Array.from(scored.keys()),
  };
}

function meanValues(levelCount: number, codes: Int32Array, values: Float64Array, weights?: Float64Array): number[] {
  const sums = Array.from({ length: levelCount }, () => ({ weight: 0, value: 0 }));
  for (let row = 0; row < codes.length; row++) {
    if (codes[row] < 0) continue;
    const weight = weights === undefined ? 1 : weights[row];
    sums[codes[row]].weight += weight;
    sums[codes[row]].value += weight * values[row];
  }
  return sums.map(({ weight, value }) => value / weight);
}

function shareScores(levelCount: number, codes: Int32Array, target: ClassTarget, weights?: Float64Array): number[] {
  const { shares, axis } = classAxis(levelCount, codes, target, weights);
  return shares.map((share) => dot(share, axis));
}

/**
 * What each row's label says on the one axis along which levels are told apart: whether it is the last of two classes,
 * with more classes its place on the first principal component of the levels' class shares; a number itself.
 */
export function labelScores(
  levelCount: number,
  codes: Int32Array,
  target: TrainingTarget,
  weights?: Float64Array,
): Float64Array {
  if (target.task === "regression") return target.values;
  const { axis } = classAxis(levelCount, codes, target, weights);
  return Float64Array.from(target.codes, (code) => axis[code]);
}

function classAxis(levelCount: number, codes: Int32Array, target: ClassTarget, weights?: Float64Array) {
  const classCount = target.classes.length;
  const sums = Array.from({ length: levelCount }, () => new Float64Array(classCount));
  for (let row = 0; row < codes.length; row++)
    if (codes[row] >= 0) sums[codes[row]][target.codes[row]] += weights === undefined ? 1 : weights[row];
  const totals = sums.map((ofLevel) => ofLevel.reduce((sum, part) => sum + part, 0));
  const shares = sums.map((ofLevel, level) => ofLevel.map((part) => part / totals[level]));
  const axis = classCount === 2 ? Float64Array.of(0, 1) : firstComponent(shares, totals);
  return { shares, axis };
}

/** Direction of greatest weighted variance of the class shares, by power iteration. */
function firstComponent(shares: Float64Array[], totals: number[]): Float64Array {
  const width = shares.length > 0 ? shares[0].length : 0;
  const weight = totals.reduce((sum, total) => sum + total, 0);
  const mean = new Float64Array(width).map(
    (_, k) => shares.reduce((sum, share, i) => sum + totals[i] * share[k], 0) / weight,
  );
  const centred = shares.map((share) => share.map((value, k) => value - mean[k]));
  // uneven, so that it is not orthogonal to the answer by symmetry
  let axis = new Float64Array(width).map((_, k) => (k + 1) ** 2);
  for (let round = 0; round < 50; round++) {
    const next = new Float64Array(width);
    for (const [i, row] of centred.entries()) {
      const projection = totals[i] * dot(row, axis);
      for (let k = 0; k < width; k++) next[k] += projection * row[k];
    }
    const length = Math.sqrt(dot(next, next));
    if (!(length > 0)) break;
    axis = next.map((value) => value / length);
  }
  return axis;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
