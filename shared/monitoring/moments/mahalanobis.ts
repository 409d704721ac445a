import { solveCholesky } from "../../math/solveCholesky";

/** a column's variance is taken to be this share larger, so that columns that repeat one another can be inverted */
const ridge = 1e-3;

/**
 * Squared Mahalanobis distance of `deviation` by a covariance matrix (row-major), whose columns without variance are
 * left out. Source: P. Mahalanobis, "On the generalised distance in statistics", 1936.
 */
export function squaredDistance(matrix: Float64Array, deviation: ArrayLike<number>): number {
  const weights = solveDeviation(matrix, deviation);
  return weights.reduce((sum, weight, i) => sum + weight * deviation[i], 0);
}

/** The inverse of the matrix times `deviation`: the direction in which both sides differ most; 0 where no variance. */
export function solveDeviation(matrix: Float64Array, deviation: ArrayLike<number>): Float64Array {
  const size = deviation.length;
  const kept = Array.from({ length: size }, (_, i) => i).filter((i) => matrix[i * size + i] > 0);
  const scales = kept.map((i) => Math.sqrt(matrix[i * size + i]));
  const scaled = new Float64Array(kept.length * kept.length);
  for (const [a, i] of kept.entries())
    for (const [b, j] of kept.entries())
      scaled[a * kept.length + b] = a === b ? 1 + ridge : matrix[i * size + j] / (scales[a] * scales[b]);
  const right = Float64Array.from(kept, (i, a) => deviation[i] / scales[a]);
  const solved = solveCholesky(scaled, right) ?? right; // of a matrix by rounding alone indefinite: the diagonal
  const weights = new Float64Array(size);
  for (const [a, i] of kept.entries()) weights[i] = solved[a] / scales[a];
  return weights;
}
