import { solveDeviation, squaredDistance } from "../moments/mahalanobis";
import { covariancesOf } from "../moments/momentStatistics";
import type { MomentSums } from "../windowProfile";

/**
 * The mean squared Mahalanobis distance of a window's rows from training's, divided by the number of columns: 1 for
 * rows like the training rows. It follows from sums alone: trace(S^-1 W) + (m - t)' S^-1 (m - t), where W and m are the
 * window's covariances and means, and S and t training's. Undefined where either has too few rows.
 */
export function meanDistance(training: MomentSums, window: MomentSums): number | undefined {
  const before = covariancesOf(training);
  const now = covariancesOf(window);
  if (before === undefined || now === undefined) return undefined;
  const size = before.columns.length;
  const varying = before.columns.filter((_name, i) => before.matrix[i * size + i] > 0).length;
  if (varying === 0) return undefined;
  const shift = now.means.map((mean, i) => mean - before.means[i]);
  let total = squaredDistance(before.matrix, shift);
  for (let i = 0; i < size; i++) {
    const column = now.matrix.slice(i * size, (i + 1) * size);
    total += solveDeviation(before.matrix, column)[i];
  }
  return total / varying;
}
