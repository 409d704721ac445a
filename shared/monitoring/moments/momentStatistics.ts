import type { MomentSums } from "../windowProfile";

/** Means and covariances of columns, over the rows in which all of them are known. */
export interface Covariances {
  columns: string[];
  rows: number;
  means: Float64Array;
  /** row-major, symmetric; divided by the number of rows */
  matrix: Float64Array;
}

/** Undefined for fewer than two rows. */
export function covariancesOf({ columns, rows, sums, products }: MomentSums): Covariances | undefined {
  if (rows < 2) return undefined;
  const size = columns.length;
  const means = Float64Array.from(sums, (sum) => sum / rows);
  const matrix = new Float64Array(size * size);
  let at = 0;
  for (let i = 0; i < size; i++)
    for (let j = i; j < size; j++) {
      const covariance = products[at++] / rows - means[i] * means[j];
      // a variance may come out below 0 by rounding alone
      matrix[i * size + j] = matrix[j * size + i] = i === j ? Math.max(0, covariance) : covariance;
    }
  return { columns, rows, means, matrix };
}

/** The sums over the rows of all parts, which have the same columns. */
export function joinMoments(parts: readonly MomentSums[]): MomentSums {
  const [{ columns, sums, products }] = parts;
  const joined = { columns, rows: 0, sums: sums.map(() => 0), products: products.map(() => 0) };
  for (const part of parts) {
    joined.rows += part.rows;
    for (let i = 0; i < sums.length; i++) joined.sums[i] += part.sums[i];
    for (let i = 0; i < products.length; i++) joined.products[i] += part.products[i];
  }
  return joined;
}
