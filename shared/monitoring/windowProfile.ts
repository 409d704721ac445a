import type { Profile } from "./profile";

/** An instant range; `from` inclusive, `to` exclusive; profiles are kept by whole hours (UTC). */
export interface TimeRange {
  from: Date;
  to: Date;
}

/** Cells of one input column that were not plain values of its declared kind. */
export interface CellFaults {
  /** null, absent or empty */
  missing: number;
  /** neither a number nor null in a number column, not a string in a category column */
  wrongType: number;
  /** numbers outside the declared range */
  outOfRange: number;
  /** what those were, for they are in no bin; null where there are none: a unit that slipped is known by them */
  outside: ValueSums | null;
  /** numbers beyond the fences of the column's bins, those outside the declared range included */
  beyondFences: number;
  /** a value that the declaration counts as missing */
  sentinels: number;
  /** longest run of one value in consecutive rows, by entity where rows have one */
  longestRun: number;
}

/** Sums over numbers; they add up. */
export interface ValueSums {
  sum: number;
  sumSquares: number;
  min: number;
  max: number;
}

/** Sums over the rows in which every numeric input is known: means, covariances and regressions follow from them. */
export interface MomentSums {
  /** the columns' names, in the order of the sums */
  columns: string[];
  rows: number;
  sums: number[];
  /** row-major upper triangle of the sums of products, the diagonal included */
  products: number[];
}

/** Predictions of one version, counted; they add up. */
export interface PredictionProfile {
  rows: number;
  /** predicted labels, by class; empty for regression */
  labels: Record<string, number>;
  /** by class (the positive one of two only): its probability in 50 bins of equal width over 0 to 1 */
  scores: Record<string, { rows: number[]; sums: number[] }>;
  /** regression: rows by bin of the hold-out's predicted values, whose edges the version's reference names */
  values?: { bins: number[]; sum: number; sumSquares: number };
}

/** Everything that was counted of a model's captured requests in a range; parts of a range add up. */
export interface WindowProfile {
  range: TimeRange;
  rows: number;
  /** in the bins of the version under watch, whichever version answered the rows */
  inputs: Profile;
  /** in the order of `inputs.features` */
  faults: CellFaults[];
  moments: MomentSums;
  /** of the version under watch only */
  predictions: PredictionProfile;
  /** rows of several requests with the same cells, entity and time */
  duplicateRows: number;
  /** fields of `rows` that the model does not have, and how many rows had them; at most 50 names */
  unknownFields: Record<string, number>;
  /**
   * values that training never saw, by column: the most frequent, at most 20 a column, with their rows; of numbers
   * those below the least and above the greatest training value or outside the declared range, declared sentinels left
   * out, as the text of the number ("-999")
   */
  unseenValues: Record<string, Record<string, number>>;
  /** of the newest row, where one was captured */
  newestAt?: Date;
  /** requests that were refused, by status */
  refused: Record<string, number>;
  unreadableRequests: number;
  omittedRows: number;
  lostRequests: number;
}
