import { RandomStream } from "../math/randomStream";

/** Trains on the rows `rows` (some several times) and predicts every test row: a number, or a class index. */
export type FitAndPredict = (rows: Int32Array, seed: number) => Float64Array;

export interface BiasVarianceSettings {
  loss: "squared" | "zeroOne";
  trainRows: Int32Array;
  /** the truth of the test rows: numbers, or class indices; noise in it counts as bias */
  target: Float64Array;
  /** bootstrap samples of the training rows, each a fit */
  samples: number;
  seed: number;
}

/** Means over the test rows; loss = bias + netVariance. */
export interface BiasVariance {
  /** mean loss of the fits */
  loss: number;
  /**
   * loss of the main prediction: the mean of the fits for squared loss, the most frequent class (the first of equal
   * ones) for 0-1 loss
   */
  bias: number;
  /** mean loss of the fits against the main prediction */
  variance: number;
  /** what variance adds to the loss: with 0-1 loss it lowers it where the main prediction is wrong */
  netVariance: number;
}

/**
 * Splits the loss of a learner into bias and variance over bootstrap samples of its training rows.
 * Source: P. Domingos, "A unified bias-variance decomposition and its applications", 2000.
 */
export function biasVariance(settings: BiasVarianceSettings, fitAndPredict: FitAndPredict): BiasVariance {
  const { loss, trainRows, target, samples, seed } = settings;
  const fits = Array.from({ length: samples }, (_, sample) => {
    const stream = new RandomStream(seed, sample);
    // in their order, for learners to which the order of time matters
    const rows = trainRows.map(() => trainRows[stream.below(trainRows.length)]).sort();
    return fitAndPredict(rows, stream.next());
  });
  const lossOf = loss === "squared" ? squared : zeroOne;
  const mainOf = loss === "squared" ? meanOf : modeOf;
  const sums = { loss: 0, bias: 0, variance: 0 };
  const predictions = new Float64Array(samples);
  for (let row = 0; row < target.length; row++) {
    for (let sample = 0; sample < samples; sample++) predictions[sample] = fits[sample][row];
    const main = mainOf(predictions);
    sums.bias += lossOf(main, target[row]);
    sums.loss += meanOf(predictions.map((prediction) => lossOf(prediction, target[row])));
    sums.variance += meanOf(predictions.map((prediction) => lossOf(prediction, main)));
  }
  const rows = target.length;
  return {
    loss: sums.loss / rows,
    bias: sums.bias / rows,
    variance: sums.variance / rows,
    // for both losses this is the mean of c2 times the variance of a row, in Domingos' terms
    netVariance: (sums.loss - sums.bias) / rows,
  };
}

function squared(a: number, b: number): number {
  return (a - b) ** 2;
}

function zeroOne(a: number, b: number): number {
  return a === b ? 0 : 1;
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function modeOf(values: Float64Array): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, one) =>
    one[1] > best[1] || (one[1] === best[1] && one[0] < best[0]) ? one : best,
  )[0];
}
