/** How a feature enters a model. */
export type FeatureType = "number" | "category";

/** A numeric feature: one float32 per row, NaN where the value is missing. */
export interface NumberColumn {
  name: string;
  values: Float32Array;
}

/** A categorical feature: an index into `levels` a row, -1 where the value is missing. */
export interface CategoryColumn {
  name: string;
  levels: readonly string[];
  codes: Int32Array;
}

/** Typed feature columns of `rowCount` rows; numbers and categories keep the order of the model signature. */
export interface FeatureTable {
  rowCount: number;
  numbers: NumberColumn[];
  categories: CategoryColumn[];
}

/** The rows `rows` of `table`, in that order. */
export function selectRows(table: FeatureTable, rows: ArrayLike<number>): FeatureTable {
  return {
    rowCount: rows.length,
    numbers: table.numbers.map(({ name, values }) => ({
      name,
      values: gather(values, new Float32Array(rows.length), rows),
    })),
    categories: table.categories.map(({ name, levels, codes }) => ({
      name,
      levels,
      codes: gather(codes, new Int32Array(rows.length), rows),
    })),
  };
}

/** The entries `rows` of `values`, written to `target` and returned. */
export function gather<T extends Float32Array | Float64Array | Int32Array>(
  values: T,
  target: T,
  rows: ArrayLike<number>,
): T {
  for (let i = 0; i < rows.length; i++) target[i] = values[rows[i]];
  return target;
}
