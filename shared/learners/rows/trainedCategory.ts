import type { CategoryColumn } from "../../featureTable";

/** A category as a model knows it: the levels it was trained on, in the model's own order. */
export interface TrainedCategory {
  name: string;
  levels: readonly string[];
}

/**
 * The levels that occur in rows of positive weight, in the column's order; "" is how a graph is told of a missing
 * value, never a level.
 */
export function occurringLevels(column: CategoryColumn, weights?: Float64Array): string[] {
  const seen = new Uint8Array(column.levels.length);
  for (let row = 0; row < column.codes.length; row++) {
    const code = column.codes[row];
    if (code >= 0 && (weights === undefined || weights[row] > 0)) seen[code] = 1;
  }
  return column.levels.filter((level, code) => seen[code] === 1 && level !== "");
}

/** The rows of `column` as indices into the trained levels, -1 where missing or never seen in training. */
export function alignCodes(category: TrainedCategory, column: CategoryColumn): Int32Array {
  const known = new Map(category.levels.map((level, index) => [level, index]));
  const translation = column.levels.map((level) => known.get(level) ?? -1);
  return column.codes.map((code) => (code < 0 ? -1 : translation[code]));
}
