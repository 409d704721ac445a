import type { KernelMatrix } from "./smoSolver";

/** Memory for kernel rows. */
const cacheBytes = 256 * 2 ** 20;

/** Writes the kernel of `row` with every row. */
export type KernelRow = (row: number, values: Float64Array) => void;

/** Kernel rows in float32, computed when asked for; the least recently used are dropped, but the last two stay. */
export function kernelCache(rowCount: number, kernelRow: KernelRow, diagonal: Float64Array): KernelMatrix {
  const capacity = Math.max(2, Math.floor(cacheBytes / (4 * rowCount)));
  const kept = new Map<number, Float32Array>();
  const values = new Float64Array(rowCount);
  return {
    diagonal,
    row(index) {
      let row = kept.get(index);
      if (row === undefined) {
        row = kept.size < capacity ? new Float32Array(rowCount) : oldest(kept);
        kernelRow(index, values);
        row.set(values);
      } else kept.delete(index);
      kept.set(index, row);
      return row;
    },
  };
}

/** Drops the least recently used row. */
function oldest(kept: Map<number, Float32Array>): Float32Array {
  for (const [index, row] of kept) {
    kept.delete(index);
    return row;
  }
  throw new Error("the kernel cache is empty");
}
