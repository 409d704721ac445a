import { ownValue } from "../ownValue";
import type { PredictionProfile } from "./windowProfile";

const scoreBins = 50;

/** Predictions of no rows. */
export function emptyPredictions(valueEdges?: readonly number[]): PredictionProfile {
  const values = valueEdges && { bins: zeros(valueEdges.length + 1), sum: 0, sumSquares: 0 };
  return { rows: 0, labels: {}, scores: {}, ...(values && { values }) };
}

/** Counts a row's predicted class and the probability of each class whose scores are kept. */
export function addPredictedClass(
  profile: PredictionProfile,
  label: string,
  scores: Iterable<[name: string, probability: number]>,
): void {
  profile.rows++;
  profile.labels[label] = (ownValue(profile.labels, label) ?? 0) + 1;
  for (const [name, probability] of scores) {
    const counts = ownValue(profile.scores, name) ?? { rows: zeros(scoreBins), sums: zeros(scoreBins) };
    const bin = Math.min(scoreBins - 1, Math.max(0, Math.floor(probability * scoreBins)));
    counts.rows[bin]++;
    counts.sums[bin] += probability;
    profile.scores[name] = counts;
  }
}

/** Counts a row's predicted number; `edges` are those that the profile was made with. */
export function addPredictedValue(profile: PredictionProfile, edges: readonly number[], value: number): void {
  profile.rows++;
  const { values } = profile;
  if (values === undefined) return;
  values.bins[edges.filter((edge) => edge <= value).length]++;
  values.sum += value;
  values.sumSquares += value * value;
}

function zeros(length: number): number[] {
  return new Array<number>(length).fill(0);
}
