import { debiasedJensenShannon } from "../distances/jensenShannon";
import { type WeightedPoints, wasserstein1 } from "../distances/wasserstein";
import type { MonitoringReference } from "../reference";
import type { PredictionProfile } from "../windowProfile";

type Holdout = MonitoringReference["holdout"];

/** Numbers that a model predicted, now and on the hold-out rows, in the same bins. */
export interface ComparedNumbers {
  subject: string;
  now: WeightedPoints;
  before: WeightedPoints;
  /** of the hold-out's */
  deviation: number;
  skewness: number;
  /** of each hold-out row in order of time; absent where only counts are kept */
  series?: number[];
  pointsOf(rows: number[]): WeightedPoints;
}

/** The scores of each class whose hold-out scores are known (the positive one of two). */
export function comparedScores(now: PredictionProfile, holdout: Holdout, positive?: string): ComparedNumbers[] {
  return Object.entries(holdout.predictions.scores).flatMap(([name, scores]) => {
    const newest = Object.hasOwn(now.scores, name) ? now.scores[name] : undefined;
    if (newest === undefined) return [];
    const [before, after] = [meansOf(scores), meansOf(newest)];
    const series = name === positive ? { series: holdout.probabilities } : {};
    return [
      { subject: `score of ${name}`, now: after, before, ...momentsOf(before), ...series, pointsOf: binnedScores },
    ];
  });
}

/** The predicted values, each bin at the mean of its hold-out rows; none where no edges of bins are kept. */
export function comparedValues(now: PredictionProfile, holdout: Holdout): ComparedNumbers[] {
  const { valueEdges: edges, predicted, predictions } = holdout;
  if (edges === undefined || now.values === undefined || predictions.values === undefined) return [];
  const places = placesOf(edges, predicted);
  const pointsOf = (rows: number[]) => ({ values: places, weights: countIn(edges, rows) });
  const before = { values: places, weights: predictions.values.bins };
  const after = { values: places, weights: now.values.bins };
  return [{ subject: "predicted value", now: after, before, ...momentsOf(before), series: predicted, pointsOf }];
}

function meansOf({ rows, sums }: { rows: number[]; sums: number[] }): WeightedPoints {
  return { weights: rows, values: rows.map((count, bin) => (count === 0 ? 0 : sums[bin] / count)) };
}

function binnedScores(rows: number[]): WeightedPoints {
  const bins = 50;
  const [counts, sums] = [new Array<number>(bins).fill(0), new Array<number>(bins).fill(0)];
  for (const score of rows) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(score * bins)));
    counts[bin]++;
    sums[bin] += score;
  }
  return meansOf({ rows: counts, sums });
}

function countIn(edges: number[], rows: number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of rows) counts[binOf(edges, value)]++;
  return counts;
}

/** How many edges lie at or below a value. */
function binOf(edges: number[], value: number): number {
  let bin = 0;
  while (bin < edges.length && edges[bin] <= value) bin++;
  return bin;
}

/** Where each bin stands: at the mean of its rows, without any at an edge. */
function placesOf(edges: number[], rows: number[]): number[] {
  const [counts, sums] = [new Array<number>(edges.length + 1).fill(0), new Array<number>(edges.length + 1).fill(0)];
  for (const value of rows) {
    const bin = binOf(edges, value);
    counts[bin]++;
    sums[bin] += value;
  }
  return counts.map((count, bin) => (count > 0 ? sums[bin] / count : (edges[Math.max(0, bin - 1)] ?? 0)));
}

function momentsOf({ values, weights }: WeightedPoints): { deviation: number; skewness: number } {
  let [rows, sum] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    rows += weights[i];
    sum += weights[i] * values[i];
  }
  const mean = rows === 0 ? 0 : sum / rows;
  let [squares, cubes] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    squares += weights[i] * (values[i] - mean) ** 2;
    cubes += weights[i] * (values[i] - mean) ** 3;
  }
  const deviation = rows === 0 ? 0 : Math.sqrt(squares / rows);
  return { deviation, skewness: deviation === 0 ? 0 : cubes / rows / deviation ** 3 };
}

/** Wasserstein-1 over the hold-out's deviation; 0 for the same constant, finite for another one. */
export function numbersDistance({
  now,
  before,
  deviation,
}: Pick<ComparedNumbers, "now" | "before" | "deviation">): number {
  const distance = wasserstein1(before, now);
  return distance === 0 ? 0 : Math.min(distance / Math.max(deviation, Number.MIN_VALUE), Number.MAX_SAFE_INTEGER);
}

/** Distances that windows of so many consecutive hold-out rows have from the other hold-out rows. */
export function windowDistances<T>(series: readonly T[], length: number, distance: (window: T[], rest: T[]) => number) {
  const windows = Math.floor(series.length / Math.max(1, length));
  if (windows < leastWindows) return [];
  return Array.from({ length: Math.min(windows, mostWindows) }, (_, i) => {
    const from = Math.floor((i * (series.length - length)) / Math.max(1, Math.min(windows, mostWindows) - 1));
    const rest = [...series.slice(0, from), ...series.slice(from + length)];
    return distance(series.slice(from, from + length), rest);
  });
}

const leastWindows = 4;
const mostWindows = 60;

/** Rows by predicted class, in the order of the classes. */
export function classCounts(labels: Record<string, number>, classes: readonly string[]): number[] {
  return classes.map((name) => (Object.hasOwn(labels, name) ? labels[name] : 0));
}

export function codesDistance(now: number[], before: number[], classCount: number): number {
  const counts = (codes: number[]) => {
    const found = new Array<number>(classCount).fill(0);
    for (const code of codes) found[code]++;
    return found;
  };
  return debiasedJensenShannon(counts(before), counts(now));
}
