import { type FeatureTable, selectRows } from "../data/featureTable";
import { AppError } from "../errors";
import type { FeatureDomain } from "../onnx/featureDomain";
import type { FeatureSlot } from "../onnx/signature";
import type { TablePredictions } from "../scoring/predictTable";

type PredictTable = (table: FeatureTable) => Promise<TablePredictions>;

/** rows that each value is put into */
const rowsPerValue = 10;

/** Puts what each feature's domain calls missing into some rows; AppError rejected where the graph does not answer as for a missing value. */
export async function proveGuard(predict: PredictTable, table: FeatureTable, features: readonly FeatureSlot[]) {
  const rows = Array.from({ length: Math.min(rowsPerValue, table.rowCount) }, (_, row) => row);
  for (const { name, type, domain } of features) {
    if (domain === undefined) continue;
    const values = type === "number" ? [Number.NaN, ...numbersOutside(domain)] : ["", ...textsOutside(domain)];
    const { predictions } = await predict(withValues(table, rows, name, values));
    const width = predictions.length / values.length;
    const differs = predictions.findIndex((one, at) => !Object.is(one, predictions[at % width]));
    if (differs >= 0)
      throw new AppError(
        "rejected",
        `the ONNX graph does not take ${values[Math.floor(differs / width)]} of ${name} as missing`,
      );
  }
}

/** The sentinels, and next to and far beyond each end of the range one number each. */
export function numbersOutside({ min, max, sentinels }: FeatureDomain): number[] {
  return [
    ...(sentinels as number[]),
    ...(min === undefined ? [] : [nextFloat32(min, -1), Number.NEGATIVE_INFINITY]),
    ...(max === undefined ? [] : [nextFloat32(max, 1), Number.POSITIVE_INFINITY]),
  ];
}

/** The float32 beside that of `value`, in the direction of `sign`. */
function nextFloat32(value: number, sign: 1 | -1): number {
  const rounded = Math.fround(value);
  for (let step = 2 ** -149; ; step *= 2) {
    const next = Math.fround(rounded + sign * step);
    if (next !== rounded) return next;
  }
}

/** The sentinels, and a text that no training row held. */
function textsOutside({ sentinels, levels = [] }: FeatureDomain): string[] {
  const longest = levels.reduce((most, level) => Math.max(most, level.length), 0);
  return [...(sentinels as string[]), "?".repeat(longest + 1)];
}

/** The rows `rows` once for each value, which stands in all of them in the column `name`. */
function withValues(table: FeatureTable, rows: number[], name: string, values: (number | string)[]): FeatureTable {
  const repeated = selectRows(
    table,
    values.flatMap(() => rows),
  );
  const each = (_: unknown, row: number) => Math.floor(row / rows.length);
  return {
    rowCount: repeated.rowCount,
    numbers: repeated.numbers.map((column) =>
      column.name === name
        ? { name, values: column.values.map((value, row) => Number(values[each(value, row)])) }
        : column,
    ),
    categories: repeated.categories.map((column) =>
      column.name === name ? { name, levels: values as string[], codes: column.codes.map(each) } : column,
    ),
  };
}
