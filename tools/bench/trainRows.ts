import { RandomStream } from "../../shared/math/randomStream";

/** Seeds of the training rows and of the test rows, on which quality is measured. */
export const trainSeed = 7;
export const testSeed = 8;

/** Rows for the training bench: float32 columns, and a 0/1 class per row. */
export interface BenchRows {
  columns: Float32Array[];
  classes: Int32Array;
}

/**
 * Seeded rows whose class depends on a wave, a product, a square and a step of the first columns, with noise; about 30
 * % are 1.
 */
export function benchRows(rowCount: number, columnCount: number, seed: number): BenchRows {
  const random = new RandomStream(seed, 0);
  const uniform = () => random.next() / 2 ** 32;
  /** mean 0, variance 1: the sum of three uniforms */
  const bell = () => 2 * (uniform() + uniform() + uniform() - 1.5);
  const columns = Array.from({ length: columnCount }, () => new Float32Array(rowCount).map(bell));
  const classes = new Int32Array(rowCount).map((_, row) => {
    const x = (column: number) => columns[column % columnCount][row];
    const signal = Math.sin(2 * x(0)) * x(1) + 0.5 * x(2) ** 2 - Math.abs(x(3)) + (x(4) > 0.5 ? 0.8 : 0) + 0.3 * x(5);
    return signal + 0.7 * bell() > 0.6 ? 1 : 0;
  });
  return { columns, classes };
}
