import type { FeatureTable } from "../featureTable";
import type { Task } from "../usecase/specTask";

/** Rows of one validation fold, as indices into the table. */
export interface Fold {
  train: Int32Array;
  validation: Int32Array;
}

/** Labelled rows ready for training: every dataset version together, split, with where each row came from. */
export interface PreparedData {
  task: Task;
  /** none with regression */
  classes: string[];
  positiveIndex?: number;
  /** labelled rows; levels of categories come from the training rows only, other values read as missing */
  table: FeatureTable;
  /** columns to slice the hold-out by that are not features */
  sliceTable?: FeatureTable;
  /** class index per row; empty with regression */
  target: Int32Array;
  /** label per row, with regression */
  values?: Float64Array;
  /** epoch ms per row, for series */
  times?: Float64Array;
  /**
   * what is drawn as one when rows are drawn again, per row: the day for series, the group of a split by group, or the
   * first of equal rows
   */
  blocks: Int32Array;
  blockUnit: "row" | "group" | "day";
  /** class of the observed current state per row, -1 where unknown; where there is a horizon */
  currentClass?: Int32Array;
  /** the label's observed current value per row, NaN where unknown; where there is a horizon, with regression */
  currentValue?: Float64Array;
  trainRows: Int32Array;
  holdoutRows: Int32Array;
  folds: Fold[];
  /** dataset version and row number in its file, per row */
  source: { version: Int32Array; row: Int32Array };
  counts: PreparedCounts;
}

export interface PreparedCounts {
  rows: number;
  labelled: number;
  /** rows whose label is unknown: their later state was not observed */
  unlabelled: number;
  /** labelled rows between the training span and the hold-out, used by neither */
  gap: number;
  /** rows that another one replaced */
  duplicates: number;
}
