import type { Points } from "./points";

/** Writes the inner product of point `row` with every one of `others`: numbers, and 1 for every level they share. */
export function linearKernelRow(points: Points, row: number, others: Points, kernel: Float64Array): void {
  const { numberCount, categoryCount } = points;
  const from = row * numberCount;
  for (let at = 0; at < others.count; at++) {
    let sum = 0;
    for (let k = 0; k < numberCount; k++) sum += points.numbers[from + k] * others.numbers[at * numberCount + k];
    for (let k = 0; k < categoryCount; k++) {
      const own = points.indicators[row * categoryCount + k];
      if (own >= 0 && own === others.indicators[at * categoryCount + k]) sum++;
    }
    kernel[at] = sum;
  }
}
