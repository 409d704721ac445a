import type { TrainingTarget } from "../trainer";

/**
 * Weighted mean loss of answers (output x row: values, log-odds of the positive class, or log-odds of every class):
 * squared error or log loss.
 */
export function meanLoss(
  target: TrainingTarget,
  weights: Float64Array,
  positiveIndex: number,
  answers: Float64Array,
): number {
  const lossOf = rowLoss(target, positiveIndex, answers);
  let sum = 0;
  let total = 0;
  for (let row = 0; row < weights.length; row++) {
    sum += weights[row] * lossOf(row);
    total += weights[row];
  }
  return sum / total;
}

function rowLoss(target: TrainingTarget, positiveIndex: number, answers: Float64Array): (row: number) => number {
  if (target.task === "regression") return (row) => (answers[row] - target.values[row]) ** 2;
  const { codes, classes } = target;
  if (classes.length === 2)
    return (row) => {
      const towards = codes[row] === positiveIndex ? -answers[row] : answers[row];
      return Math.max(towards, 0) + Math.log1p(Math.exp(-Math.abs(towards)));
    };
  return (row) => {
    let peak = answers[row];
    for (let at = row; at < answers.length; at += codes.length) peak = Math.max(peak, answers[at]);
    let sum = 0;
    for (let at = row; at < answers.length; at += codes.length) sum += Math.exp(answers[at] - peak);
    return peak + Math.log(sum) - answers[codes[row] * codes.length + row];
  };
}
