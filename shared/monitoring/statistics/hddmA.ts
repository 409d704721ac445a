/** Where errors became more frequent (or rarer, where that is watched too). */
export interface ChangePoint {
  /** the value at which the change was certain, counted from 0 */
  detectedAt: number;
  /** the first value after the cut between before and after */
  startsAt: number;
  direction: "up" | "down";
  /** mean before the cut, and from it to the detection */
  before: number;
  after: number;
}

export interface HddmOptions {
  /** the chance that Hoeffding's bound leaves to each comparison */
  confidence: number;
  /** fewer errors are a change, too */
  twoSided: boolean;
}

/** Mean of the values up to a cut. */
interface Cut {
  count: number;
  mean: number;
}

/**
 * Changes of the mean of 0 and 1 in the order of time: the drift detection method by Hoeffding's bounds with moving
 * averages, which starts anew after each change; equal to river's `HDDM_A`. Source: I. Frias-Blanco and others, "Online
 * and non-parametric drift detection methods based on Hoeffding's bounds", 2015.
 */
export function hddmA(values: ArrayLike<number>, { confidence, twoSided }: HddmOptions): ChangePoint[] {
  const found: ChangePoint[] = [];
  let start = 0;
  let all: Cut = { count: 0, mean: 0 };
  let lowest = all;
  let highest = all;
  for (let at = 0; at < values.length; at++) {
    const count = all.count + 1;
    all = { count, mean: all.mean + (values[at] - all.mean) / count };
    if (lowest.count === 0 || lowest.mean + bound(lowest, confidence) >= all.mean + bound(all, confidence))
      lowest = all;
    if (highest.count === 0 || highest.mean - bound(highest, confidence) <= all.mean - bound(all, confidence))
      highest = all;
    const isUp = differs(lowest, all, all.mean - lowest.mean, confidence);
    if (!isUp && !(twoSided && differs(highest, all, highest.mean - all.mean, confidence))) continue;
    const cut = isUp ? lowest : highest;
    found.push({ ...partsOf(cut, all), detectedAt: at, startsAt: start + cut.count, direction: isUp ? "up" : "down" });
    start = at + 1;
    all = { count: 0, mean: 0 };
    lowest = all;
    highest = all;
  }
  return found;
}

function bound({ count }: Cut, confidence: number): number {
  return Math.sqrt((1 / (2 * count)) * Math.log(1 / confidence));
}

/** Whether the mean of all values lies further from the cut's than independent values would with the confidence. */
function differs(cut: Cut, all: Cut, difference: number, confidence: number): boolean {
  if (cut.count === all.count) return false;
  const spread = ((all.count - cut.count) / cut.count) * (1 / all.count);
  return difference >= Math.sqrt((spread / 2) * Math.log(2 / confidence));
}

function partsOf(cut: Cut, all: Cut): { before: number; after: number } {
  const later = all.count - cut.count;
  return { before: cut.mean, after: (all.mean * all.count - cut.mean * cut.count) / later };
}
