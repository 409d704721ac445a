import { covariancesOf } from "../moments/momentStatistics";
import type { MomentSums } from "../windowProfile";

/** How two columns go together. */
export interface Correlation {
  first: string;
  second: string;
  /** Pearson's; NaN where one of them has one value only */
  value: number;
}

/** Of every pair of columns; none for fewer than three rows. */
export function correlationsOf(moments: MomentSums): Correlation[] {
  const found = moments.rows < 3 ? undefined : covariancesOf(moments);
  if (found === undefined) return [];
  const { columns, matrix } = found;
  const size = columns.length;
  const deviations = columns.map((_name, i) => deviationOf(matrix[i * size + i], found.means[i]));
  return columns.flatMap((first, i) =>
    columns.slice(i + 1).map((second, k) => {
      const j = i + 1 + k;
      const value = matrix[i * size + j] / (deviations[i] * deviations[j]);
      return { first, second, value: Math.min(1, Math.max(-1, value)) };
    }),
  );
}

/** A variance that rounding alone could make is none. */
function deviationOf(variance: number, mean: number): number {
  return variance > 1e-12 * mean * mean ? Math.sqrt(variance) : Number.NaN;
}

/** Fisher's z of a correlation, of which one with |r| = 1 has a finite value. Source: R. Fisher, 1921. */
export function fisherZ(correlation: number): number {
  return Math.atanh(Math.min(0.9999, Math.max(-0.9999, correlation)));
}
