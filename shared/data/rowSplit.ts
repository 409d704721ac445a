import type { PreparedData } from "./preparedData";

/** Rows of the table by their part, folds within the training rows, and what is drawn when rows are drawn again. */
export type RowSplit = Pick<PreparedData, "trainRows" | "holdoutRows" | "folds" | "blocks" | "blockUnit">;
