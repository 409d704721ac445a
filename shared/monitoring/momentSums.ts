import type { MomentSums } from "./windowProfile";

/** columns beyond these are left out: products grow with their square */
const mostColumns = 40;

/** Sums over no rows, of the first 40 columns. */
export function emptyMoments(columns: readonly string[]): MomentSums {
  const kept = columns.slice(0, mostColumns);
  const pairs = (kept.length * (kept.length + 1)) / 2;
  return { columns: kept, rows: 0, sums: zeros(kept.length), products: zeros(pairs) };
}

/** Adds a row's values, in the order of the columns; a row with a missing one (NaN) is left out. */
export function addMoments(moments: MomentSums, values: ArrayLike<number>): void {
  const { sums, products } = moments;
  for (let i = 0; i < sums.length; i++) if (Number.isNaN(values[i])) return;
  let at = 0;
  for (let i = 0; i < sums.length; i++) {
    sums[i] += values[i];
    for (let j = i; j < sums.length; j++) products[at++] += values[i] * values[j];
  }
  moments.rows++;
}

function zeros(length: number): number[] {
  return new Array<number>(length).fill(0);
}
