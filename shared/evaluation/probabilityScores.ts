import { type ClassifierOutput, positiveOf } from "./classifierOutput";

/**
 * Brier score per row: (p - y)^2 of the positive class with two classes, the sum over all classes otherwise
 * (scikit-learn's `brier_score_loss` with its default `scale_by_half`).
 */
export function brierByRow(output: ClassifierOutput): Float64Array {
  const { classes, target, probabilities } = output;
  const width = classes.length;
  const positive = positiveOf(output);
  const losses = new Float64Array(target.length);
  for (let row = 0; row < target.length; row++) {
    if (positive !== undefined) {
      losses[row] = (probabilities[row * 2 + positive] - (target[row] === positive ? 1 : 0)) ** 2;
      continue;
    }
    let loss = 0;
    for (let code = 0; code < width; code++)
      loss += (probabilities[row * width + code] - (target[row] === code ? 1 : 0)) ** 2;
    losses[row] = loss;
  }
  return losses;
}

/**
 * Negative log likelihood per row, nats; probabilities are kept at least one float64 epsilon from 0 and 1, as in
 * scikit-learn.
 */
export function logLossByRow({ classes, target, probabilities }: ClassifierOutput): Float64Array {
  const width = classes.length;
  return Float64Array.from(target, (code, row) => {
    const p = probabilities[row * width + code];
    return -Math.log(Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON));
  });
}

/** Arithmetic mean; 0 of nothing. */
export function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}
