import type { ConfusionMatrix } from "../../math/confusion";

/** How often a class was predicted, and true. */
export interface OverPrediction {
  name: string;
  predicted: number;
  actual: number;
  /** predicted more often than true, as a share of the latter */
  value: number;
  /** of the difference of the counts by chance alone, in standard errors */
  z: number;
}

/**
 * For each class that was true how much more often it was predicted. The difference of the counts is that of the two
 * kinds of errors; `inflation`: as with slices. Source: Q. McNemar, 1947.
 */
export function overPredictions(
  confusion: ConfusionMatrix,
  classes: readonly string[],
  inflation: number,
): OverPrediction[] {
  return classes.flatMap((name, code) => {
    const actual = confusion[code].reduce((sum, rows) => sum + rows, 0);
    const predicted = confusion.reduce((sum, row) => sum + row[code], 0);
    if (actual === 0) return [];
    const errors = actual + predicted - 2 * confusion[code][code];
    const z = errors === 0 ? 0 : (predicted - actual) / Math.sqrt(errors * inflation);
    return [{ name, predicted, actual, value: predicted / actual - 1, z }];
  });
}
