import { studentTail } from "./normal";

/** A part of the rows: how many it has, and their sum. */
export interface PartSum {
  rows: number;
  sum: number;
}

/** A mean over rows and its standard error; parts are independent of one another, the rows of one need not be. */
export interface PartedMean {
  rows: number;
  parts: number;
  mean: number;
  /** 0 with a single part */
  error: number;
}

/**
 * The mean over the rows of all parts, with the error of a ratio of sums. Source: W. Cochran, "Sampling Techniques",
 * 1977, chapter 9A.
 */
export function partedMean(all: readonly PartSum[]): PartedMean {
  const parts = all.filter(({ rows }) => rows > 0);
  const rows = parts.reduce((total, part) => total + part.rows, 0);
  const mean = rows === 0 ? 0 : parts.reduce((total, { sum }) => total + sum, 0) / rows;
  const squares = parts.reduce((total, part) => total + (part.sum - mean * part.rows) ** 2, 0);
  const error = parts.length < 2 ? 0 : Math.sqrt((parts.length / (parts.length - 1)) * squares) / rows;
  return { rows, parts: parts.length, mean, error };
}

/** Within which the difference of two means lies with the confidence; both need two parts at least. */
export function differenceInterval(later: PartedMean, earlier: PartedMean, confidence: number): [number, number] {
  const degrees = Math.min(later.parts, earlier.parts) - 1;
  const half = studentTail((1 - confidence) / 2, degrees) * Math.hypot(later.error, earlier.error);
  const difference = later.mean - earlier.mean;
  return [difference - half, difference + half];
}
