import type { FeatureTable } from "../../featureTable";
import type { TrainingTarget } from "../trainer";

/** What a fit knows of each row besides its features. */
export interface RowFacts {
  target: TrainingTarget;
  sampleWeights?: Float64Array;
  times?: Float64Array;
}

/**
 * The rows in an order that does not depend on how they came: by the columns' values from the first column on (missing
 * last), then by target, weight and time. Rows that tie are alike. Doubling a column's values keeps the order.
 */
export function canonicalOrder(table: FeatureTable, { target, sampleWeights, times }: RowFacts): Int32Array {
  const keys: (Int32Array | Float64Array)[] = [
    ...table.numbers.map(({ values }) => sortableBits(values)),
    ...table.categories.map(({ levels, codes }) => levelRanks(levels, codes)),
    target.task === "classification" ? target.codes : target.values,
  ];
  if (sampleWeights) keys.push(sampleWeights);
  if (times) keys.push(times);
  const order = Int32Array.from({ length: table.rowCount }, (_, row) => row);
  return order.sort((a, b) => {
    for (const key of keys) {
      if (key[a] < key[b]) return -1;
      if (key[a] > key[b]) return 1;
    }
    return 0;
  });
}

/** The float32 values as integers of the same order, -0 before 0, every NaN last. */
function sortableBits(values: Float32Array): Int32Array {
  const bits = new Int32Array(values.slice().buffer);
  for (let row = 0; row < bits.length; row++)
    bits[row] = Number.isNaN(values[row]) ? 0x7fffffff : bits[row] ^ ((bits[row] >> 31) & 0x7fffffff);
  return bits;
}

/** The place of each row's level among the sorted names, missing last. */
function levelRanks(levels: readonly string[], codes: Int32Array): Int32Array {
  const sorted = [...new Set(levels)].sort();
  const rankOf = new Map(sorted.map((level, rank) => [level, rank]));
  const ranks = levels.map((level) => rankOf.get(level) as number);
  return codes.map((code) => (code < 0 ? sorted.length : ranks[code]));
}
