import type { DuckDBResult, DuckDBVector } from "@duckdb/node-api";
import type { SqlColumns } from "../ports";

const firstCapacity = 8192;

/** Reads a streamed result chunk by chunk into whole columns; equal texts share one string. */
export async function readColumns(result: DuckDBResult): Promise<SqlColumns> {
  const names = result.columnNames();
  const readers = names.map((_name, i) => (result.columnType(i).toString() === "VARCHAR" ? texts() : numbers()));
  let rowCount = 0;
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (let i = 0; i < readers.length; i++) readers[i].append(chunk.getColumnVector(i), chunk.rowCount);
    rowCount += chunk.rowCount;
  }
  return { rowCount, columns: Object.fromEntries(names.map((name, i) => [name, readers[i].finish()])) };
}

interface ColumnReader {
  append(vector: DuckDBVector, length: number): void;
  finish(): Float64Array | (string | null)[];
}

function numbers(): ColumnReader {
  let values = new Float64Array(firstCapacity);
  let used = 0;
  return {
    append(vector, length) {
      while (used + length > values.length) {
        const larger = new Float64Array(values.length * 2);
        larger.set(values);
        values = larger;
      }
      for (let i = 0; i < length; i++) {
        const value = vector.getItem(i);
        values[used++] = value === null ? Number.NaN : Number(value);
      }
    },
    finish: () => values.slice(0, used),
  };
}

function texts(): ColumnReader {
  const values: (string | null)[] = [];
  const known = new Map<string, string>();
  return {
    append(vector, length) {
      for (let i = 0; i < length; i++) {
        const value = vector.getItem(i) as string | null;
        if (value === null) {
          values.push(null);
          continue;
        }
        let shared = known.get(value);
        if (shared === undefined) {
          known.set(value, value);
          shared = value;
        }
        values.push(shared);
      }
    },
    finish: () => values,
  };
}
