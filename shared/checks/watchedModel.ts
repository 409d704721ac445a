import type { PreparedData } from "../data/preparedData";
import type { FeatureTable } from "../featureTable";
import type { TablePredictions } from "../serving/predictTable";

/** A model as checks see it: what it predicts for any rows. */
export type Predict = (table: FeatureTable) => Promise<TablePredictions>;

/** The number that checks watch, per row: the probability of the watched class, or with regression the value. */
export async function watch(
  predict: Predict,
  table: FeatureTable,
  { classes, positiveIndex }: PreparedData,
  className?: string,
): Promise<{ watched: Float64Array; labels: string[] }> {
  const { predictions, labels } = await predict(table);
  if (classes.length === 0) return { watched: predictions, labels };
  const code = watchedClass({ classes, positiveIndex }, className);
  const watched = Float64Array.from({ length: table.rowCount }, (_, row) => predictions[row * classes.length + code]);
  return { watched, labels };
}

/** The class whose probability checks watch: the one that is named, else the positive one. */
export function watchedClass(
  { classes, positiveIndex }: Pick<PreparedData, "classes" | "positiveIndex">,
  className?: string,
): number {
  return className === undefined ? (positiveIndex ?? 1) : classes.indexOf(className);
}

/** The table with `change` made to one column of its own copy. */
export function changeNumber(
  table: FeatureTable,
  name: string,
  change: (value: number, row: number) => number,
): FeatureTable {
  return {
    ...table,
    numbers: table.numbers.map((column) =>
      column.name === name ? { ...column, values: column.values.map((value, row) => change(value, row)) } : column,
    ),
  };
}

/** The table with one value in every row of a column: a number, a category, or null for missing. */
export function setColumn(table: FeatureTable, name: string, value: number | string | null): FeatureTable {
  return {
    ...changeNumber(table, name, () => (value === null ? Number.NaN : Number(value))),
    categories: table.categories.map((column) => {
      if (column.name !== name) return column;
      const levels = value === null ? column.levels : [String(value)];
      return { ...column, levels, codes: new Int32Array(table.rowCount).fill(value === null ? -1 : 0) };
    }),
  };
}
