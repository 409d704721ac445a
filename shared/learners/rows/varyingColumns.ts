import type { FeatureTable } from "../../featureTable";

/** Positions of the columns that are kept, among the numbers and among the categories. */
export interface KeptColumns {
  numbers: number[];
  categories: number[];
}

/** The columns whose rows differ; a missing value counts as a value of its own. */
export function varyingColumns({ numbers, categories }: FeatureTable): KeptColumns {
  return {
    numbers: positions(numbers, ({ values }) => values.some((value) => !Object.is(value, values[0]))),
    categories: positions(categories, ({ codes, levels }) => {
      const first = levels[codes[0]];
      return codes.some((code) => levels[code] !== first);
    }),
  };
}

/** `table` with the kept columns only, in their order. */
export function keepColumns(table: FeatureTable, kept: KeptColumns): FeatureTable {
  return {
    rowCount: table.rowCount,
    numbers: kept.numbers.map((at) => table.numbers[at]),
    categories: kept.categories.map((at) => table.categories[at]),
  };
}

function positions<T>(columns: readonly T[], varies: (column: T) => boolean): number[] {
  return columns.flatMap((column, at) => (varies(column) ? [at] : []));
}
