import type { ChangePoint } from "./hddmA";

export interface PageHinkleyOptions {
  /** values after a start before a change can be found */
  minInstances: number;
  /** change of the mean that is tolerated, in the unit of the values */
  delta: number;
  /** sum of the deviations that is a change, in the unit of the values */
  threshold: number;
  /** how much of the sum is kept from one value to the next; 1 forgets nothing */
  alpha: number;
  direction: "up" | "down" | "both";
}

/**
 * Changes of the mean of numbers in the order of time by the Page-Hinkley test, which starts anew after each change;
 * equal to river's `PageHinkley`. Source: E. Page, "Continuous inspection schemes", 1954.
 */
export function pageHinkley(values: ArrayLike<number>, options: PageHinkleyOptions): ChangePoint[] {
  const { minInstances, delta, threshold, alpha, direction } = options;
  const found: ChangePoint[] = [];
  for (let start = 0; start < values.length; ) {
    let mean = 0;
    let rise = 0;
    let fall = 0;
    let least = { sum: Number.POSITIVE_INFINITY, at: start };
    // river starts from -1, and its detections are to be the same
    let most = { sum: -1, at: start };
    let change: ChangePoint | undefined;
    for (let at = start; at < values.length && change === undefined; at++) {
      const count = at - start + 1;
      mean += (values[at] - mean) / count;
      const deviation = values[at] - mean;
      rise = alpha * rise + deviation - delta;
      fall = alpha * fall + deviation + delta;
      if (rise < least.sum) least = { sum: rise, at };
      if (fall > most.sum) most = { sum: fall, at };
      if (count < minInstances) continue;
      const isUp = direction !== "down" && rise - least.sum > threshold;
      if (!isUp && !(direction !== "up" && most.sum - fall > threshold)) continue;
      const cut = (isUp ? least : most).at + 1;
      const means = { before: meanOf(values, start, cut), after: meanOf(values, cut, at + 1) };
      change = { detectedAt: at, startsAt: cut, direction: isUp ? "up" : "down", ...means };
    }
    if (change === undefined) return found;
    found.push(change);
    start = change.detectedAt + 1;
  }
  return found;
}

function meanOf(values: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at++) sum += values[at];
  return to > from ? sum / (to - from) : 0;
}
