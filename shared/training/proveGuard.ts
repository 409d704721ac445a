import { AppError } from "../errors";
import { type FeatureTable, type FeatureType, selectRows } from "../featureTable";
import type { FeatureDomain } from "../onnx/featureDomain";
import type { FeatureSlot } from "../onnx/signature";
import type { TablePredictions } from "../serving/predictTable";

type PredictTable = (table: FeatureTable) => Promise<TablePredictions>;

/** rows that each value is put into */
const rowsPerValue = 5;
/** in one table: a few features at a time, which holds nobody up for long */
const cellsAtOnce = 200_000;

/** What counts as missing in a feature; the first is missing itself. */
interface Proof {
  name: string;
  values: (number | string)[];
}

/**
 * Puts what each feature's domain defines as missing into some rows; AppError rejected where the graph does not answer
 * as for a missing value.
 */
export async function proveGuard(predict: PredictTable, table: FeatureTable, features: readonly FeatureSlot[]) {
  const rows = Array.from({ length: Math.min(rowsPerValue, table.rowCount) }, (_, row) => row);
  let proofs: Proof[] = [];
  let cells = 0;
  for (const { name, type, domain } of features) {
    if (domain === undefined) continue;
    const values = missingValues[type](domain);
    proofs.push({ name, values });
    cells += values.length * rows.length * features.length;
    if (cells < cellsAtOnce) continue;
    await proveTogether(predict, table, rows, proofs);
    proofs = [];
    cells = 0;
  }
  await proveTogether(predict, table, rows, proofs);
}

/** What counts as missing in a feature of each type. */
const missingValues: Record<FeatureType, (domain: FeatureDomain) => (number | string)[]> = {
  number: (domain) => [Number.NaN, ...numbersOutside(domain)],
  category: (domain) => ["", ...textsOutside(domain)],
};

async function proveTogether(predict: PredictTable, table: FeatureTable, rows: number[], proofs: Proof[]) {
  if (proofs.length === 0) return;
  const { predictions } = await predict(withValues(table, rows, proofs));
  const width = predictions.length / proofs.reduce((sum, { values }) => sum + values.length, 0);
  let start = 0;
  for (const { name, values } of proofs) {
    for (const [at, value] of values.entries())
      for (let i = 0; i < width; i++)
        if (!Object.is(predictions[start + at * width + i], predictions[start + i]))
          throw new AppError("rejected", `the ONNX graph does not treat ${value} as missing in ${name}`);
    start += values.length * width;
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

/** The rows `rows` once for each value of each proof, which stands in all of them in its column. */
function withValues(table: FeatureTable, rows: number[], proofs: Proof[]): FeatureTable {
  const copies = proofs.flatMap(({ values }) => values.flatMap(() => rows));
  const repeated = selectRows(table, copies);
  const numbers = new Map(repeated.numbers.map((column) => [column.name, column]));
  const categories = new Map(repeated.categories.map((column) => [column.name, column]));
  let start = 0;
  for (const { name, values } of proofs) {
    const column = categories.get(name);
    const known = column?.levels.length ?? 0;
    if (column) categories.set(name, { ...column, levels: [...column.levels, ...(values as string[])] });
    for (const [at, value] of values.entries()) {
      const place = start + at * rows.length;
      if (column) column.codes.fill(known + at, place, place + rows.length);
      else numbers.get(name)?.values.fill(Number(value), place, place + rows.length);
    }
    start += values.length * rows.length;
  }
  return { rowCount: copies.length, numbers: [...numbers.values()], categories: [...categories.values()] };
}
