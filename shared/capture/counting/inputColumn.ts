import type { FeatureProfile } from "../../monitoring/profile";
import type { CountedFaults } from "./counted";

/** rows that are counted together, column by column */
export const batchRows = 1024;

/** Counts the cells of one input: it takes those of a batch of rows, and then counts them together. */
export interface InputColumn {
  readonly name: string;
  readonly type: "number" | "category";
  /** the batch's values as they are counted: NaN where one is missing; of categories a number for each text */
  readonly values: Float64Array;
  /** the batch's values as they came */
  readonly given: Float64Array;
  /** Takes the column's cells of the rows from `from` to `to` to the place `at` of the batch. */
  take(rows: unknown[][], from: number, to: number, at: number): void;
  /** Counts the faults of the column's cell in a refused row, which no model saw. */
  takeRefused(row: unknown[]): void;
  /** Counts the first `count` rows of the batch. */
  count(count: number): void;
  profile(): FeatureProfile;
  faults(): CountedFaults;
  /** values that training never saw */
  unseen(): Record<string, number>;
}
