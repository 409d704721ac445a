import { poolAdjacent } from "../../math/poolAdjacent";
import { emptyOutcomes } from "../countOutcomes";
import type { OutcomeProfile } from "../outcomeProfile";
import type { PredictionProfile } from "../windowProfile";

/** A non-decreasing curve, straight between its points and level outside them. */
export interface CalibrationCurve {
  scores: Float64Array;
  values: Float64Array;
}

/**
 * Isotonic regression of what was positive (0 or 1) on scores, as scikit-learn's `IsotonicRegression` that clips; no
 * steepest rise, unlike the calibration of models.
 */
export function calibrationCurve(scores: readonly number[], positive: readonly number[]): CalibrationCurve {
  const order = Array.from(scores, (_score, row) => row).sort((a, b) => scores[a] - scores[b]);
  const points: { score: number; rows: number; positives: number }[] = [];
  for (const row of order) {
    const last = points.at(-1);
    if (last === undefined || last.score !== scores[row])
      points.push({ score: scores[row], rows: 1, positives: positive[row] });
    else {
      last.rows++;
      last.positives += positive[row];
    }
  }
  const means = Float64Array.from(points, ({ rows, positives }) => positives / rows);
  const weights = Float64Array.from(points, ({ rows }) => rows);
  return { scores: Float64Array.from(points, ({ score }) => score), values: poolAdjacent(means, weights) };
}

/** The curve's value at a score. */
export function calibrated({ scores, values }: CalibrationCurve, score: number): number {
  const last = scores.length - 1;
  if (score <= scores[0]) return values[0];
  if (score >= scores[last]) return values[last];
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (scores[middle] <= score) low = middle;
    else high = middle;
  }
  return values[low] + ((values[high] - values[low]) * (score - scores[low])) / (scores[high] - scores[low]);
}

/**
 * The outcomes that are to be expected of predictions whose truth is not known, if scores still mean what they meant on
 * the hold-out rows: each bin of scores with its calibrated share of positives; predicted positive are the highest
 * scores. Source: J. Bialek and others, "Estimating model performance under covariate shift without labels", 2024.
 */
export function estimateOutcomes(
  { rows: predictions, labels, scores }: PredictionProfile,
  curve: CalibrationCurve,
  { classes, positive }: { classes: string[]; positive: string },
): OutcomeProfile {
  const { rows, sums } = scores[positive];
  const share = rows.map((count, bin) => (count === 0 ? 0 : calibrated(curve, sums[bin] / count)));
  const positives = rows.map((count, bin) => count * share[bin]);
  const total = rows.reduce((sum, count) => sum + count, 0);
  const code = classes.indexOf(positive);
  const outcomes = emptyOutcomes({ classes, scored: [] });
  let left = Object.hasOwn(labels, positive) ? labels[positive] : 0;
  for (let bin = rows.length - 1; bin >= 0; bin--) {
    const decided = Math.min(left, rows[bin]);
    left -= decided;
    const other = rows[bin] - decided;
    outcomes.confusion[code][code] += decided * share[bin];
    outcomes.confusion[1 - code][code] += decided * (1 - share[bin]);
    outcomes.confusion[code][1 - code] += other * share[bin];
    outcomes.confusion[1 - code][1 - code] += other * (1 - share[bin]);
  }
  return {
    ...outcomes,
    predictions,
    labelled: total,
    scores: { [positive]: { rows, sums, labelled: rows, positives } },
  };
}
