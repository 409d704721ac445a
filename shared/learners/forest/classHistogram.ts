/** Adds the counted weights of rows[from, to) to the histogram entry of each row's code. */
export function accumulate(
  histogram: Float64Array,
  codes: Uint16Array,
  countedWeights: Float64Array,
  rows: Int32Array,
  from: number,
  to: number,
): void {
  for (let at = from; at < to; at++) {
    const row = rows[at];
    histogram[codes[row]] += countedWeights[row];
  }
}

/**
 * A counted weight counts rows and sums weights in one float64: `rowUnit` (a power of two above every weight sum) per
 * row, plus the row's integer weight. Sums below 2^53 are exact, so their order does not matter.
 */
export interface WeightLayout {
  rowUnit: number;
  /** a weight of 1 as an integer */
  weightUnit: number;
}

const largestDraw = 15;

/** How often one row may count in a bootstrap sample (more would be a 1 in 10^13 event). */
export function clampDraws(draws: number): number {
  return Math.min(draws, largestDraw);
}

/** The layout for `rowCount` rows: whole-number weights stay as they are, others are scaled to fill the bits. */
export function weightLayout(rowCount: number, weights: Float64Array | undefined): WeightLayout {
  const rowUnit = 2 ** (52 - Math.ceil(Math.log2(rowCount + 1)));
  if (weights === undefined) return { rowUnit, weightUnit: 1 };
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const room = rowUnit / (largestDraw + 1);
  const whole = weights.every((weight) => Number.isInteger(weight)) && sum <= room;
  return { rowUnit, weightUnit: whole ? 1 : (room - rowCount) / sum };
}

/** The weights as they are counted; a positive one stays positive. */
export function integerWeights(weights: Float64Array, layout: WeightLayout): Float64Array {
  return weights.map((weight) => (weight > 0 ? Math.max(1, Math.round(weight * layout.weightUnit)) : 0));
}
