/** How often each pair of labels occurs, and each label of either division; pairs that do not occur take no memory. */
interface Contingency {
  pairs: { first: number; rows: number }[];
  first: Float64Array;
  second: Float64Array;
}

function contingency(first: Int32Array, second: Int32Array): Contingency {
  const [a, b] = [numbered(first), numbered(second)];
  const inFirst = new Float64Array(a.count);
  const inSecond = new Float64Array(b.count);
  const pairs = new Map<number, { first: number; rows: number }>();
  for (let row = 0; row < first.length; row++) {
    inFirst[a.of[row]]++;
    inSecond[b.of[row]]++;
    const key = a.of[row] * b.count + b.of[row];
    const pair = pairs.get(key);
    if (pair) pair.rows++;
    else pairs.set(key, { first: a.of[row], rows: 1 });
  }
  return { pairs: [...pairs.values()], first: inFirst, second: inSecond };
}

/** Labels as numbers from 0 in the order in which they first occur. */
function numbered(labels: Int32Array): { count: number; of: Int32Array } {
  const place = new Map<number, number>();
  for (const label of labels) if (!place.has(label)) place.set(label, place.size);
  return { count: place.size, of: labels.map((label) => place.get(label) as number) };
}

/** Ordered pairs of different rows: together or apart in each of two divisions. */
interface PairCounts {
  together: number;
  apart: number;
  onlyFirst: number;
  onlySecond: number;
}

function pairCounts(first: Int32Array, second: Int32Array): PairCounts {
  const counts = contingency(first, second);
  const rows = first.length;
  const both = sumOfSquares(counts.pairs.map((pair) => pair.rows));
  const inFirst = sumOfSquares(counts.first);
  const inSecond = sumOfSquares(counts.second);
  return {
    together: both - rows,
    onlyFirst: inFirst - both,
    onlySecond: inSecond - both,
    apart: rows * rows - inFirst - inSecond + both,
  };
}

/** Share of pairs of rows that both divisions put together or both apart; 1 without pairs. Source: W. Rand, 1971. */
export function randIndex(first: Int32Array, second: Int32Array): number {
  const { together, apart, onlyFirst, onlySecond } = pairCounts(first, second);
  const pairs = together + apart + onlyFirst + onlySecond;
  return pairs === 0 ? 1 : (together + apart) / pairs;
}

/**
 * Rand index corrected for chance: 1 for equal divisions, about 0 for independent ones. Source: L. Hubert, P. Arabie,
 * 1985.
 */
export function adjustedRandIndex(first: Int32Array, second: Int32Array): number {
  const { together, apart, onlyFirst, onlySecond } = pairCounts(first, second);
  if (onlyFirst === 0 && onlySecond === 0) return 1;
  const chance = (together + onlyFirst) * (onlyFirst + apart) + (together + onlySecond) * (onlySecond + apart);
  return (2 * (together * apart - onlyFirst * onlySecond)) / chance;
}

/** Share of rows that are of their cluster's most frequent class. */
export function purity(classes: Int32Array, clusters: Int32Array): number {
  const { pairs, first } = contingency(clusters, classes);
  const largest = new Float64Array(first.length);
  for (const { first: cluster, rows } of pairs) largest[cluster] = Math.max(largest[cluster], rows);
  return largest.reduce((sum, rows) => sum + rows, 0) / classes.length;
}

function sumOfSquares(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
