import type { CategoryColumn } from "../featureTable";

/**
 * How much more the mean of so many consecutive values varies than that of as many independent ones: [values, factor]
 * with the number of values doubling. Rows without order have 1 everywhere; an hourly series with seasons has 100 and
 * more.
 */
export type Inflation = [values: number, factor: number][];

/** A factor needs at least this many blocks; beyond that the last factor is kept. */
const leastBlocks = 8;

/**
 * Of numbers in the order of time, from means of consecutive blocks; none for a constant, or where there are too few.
 */
export function numberInflation(values: ArrayLike<number>): Inflation {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i] + values[i];
  const mean = sums[values.length] / values.length;
  let variance = 0;
  for (let i = 0; i < values.length; i++) variance += (values[i] - mean) ** 2 / values.length;
  return ladder(values.length, variance, (from, length) => ((sums[from + length] - sums[from]) / length - mean) ** 2);
}

/** Of categories in the order of time: the sum over the levels' shares. */
export function codeInflation(codes: ArrayLike<number>, levels: number): Inflation {
  const shares = new Float64Array(levels);
  for (let i = 0; i < codes.length; i++) shares[codes[i]] += 1 / codes.length;
  const purity = shares.reduce((sum, share) => sum + share * share, 0);
  const counts = new Int32Array(levels);
  return ladder(codes.length, 1 - purity, (from, length) => {
    let squares = 0;
    let expected = 0;
    for (let i = from; i < from + length; i++) {
      squares += 2 * counts[codes[i]]++ + 1; // the square of the next integer is so much more
      expected += shares[codes[i]];
    }
    for (let i = from; i < from + length; i++) counts[codes[i]] = 0;
    return squares / length ** 2 - (2 * expected) / length + purity;
  });
}

/** Known codes of a category in the order of the rows. */
export function knownCodes({ codes }: CategoryColumn): Int32Array {
  return codes.filter((code) => code >= 0);
}

type SquaredDeviation = (from: number, length: number) => number;

function ladder(values: number, variance: number, squaredDeviation: SquaredDeviation): Inflation {
  const steps: Inflation = [];
  if (variance <= 0) return steps;
  for (let length = 2; length * leastBlocks <= values; length *= 2) {
    const blocks = Math.floor(values / length);
    let squares = 0;
    for (let block = 0; block < blocks; block++) squares += squaredDeviation(block * length, length);
    const factor = (squares / (blocks - 1)) * (length / variance);
    steps.push([length, Math.round(Math.max(1, factor) * 1000) / 1000]);
  }
  return steps;
}

/**
 * How many independent rows `rows` are worth, at least 1, of which the share `seriesShare` are consecutive: a mean of
 * them varies as that of so many consecutive and of the other independent ones.
 */
export function effectiveRows(rows: number, inflation: Inflation | undefined, seriesShare = 1): number {
  const consecutive = rows * seriesShare;
  if (inflation === undefined || inflation.length === 0 || consecutive <= 1) return rows;
  const factor = 1 + seriesShare * (factorAt(inflation, consecutive) - 1);
  return Math.min(rows, Math.max(1, rows / factor));
}

/** Linear in the logarithm of the number between the steps; beyond the last step its factor. */
function factorAt(inflation: Inflation, rows: number): number {
  let [below, low] = [1, 1];
  for (const [above, high] of inflation) {
    if (rows <= above) return low + ((high - low) * Math.log(rows / below)) / Math.log(above / below);
    [below, low] = [above, high];
  }
  return low;
}
