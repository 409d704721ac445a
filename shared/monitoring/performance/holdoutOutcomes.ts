import type { OutcomeProfile, ScoreBins } from "../outcomeProfile";
import type { MonitoringReference } from "../reference";
import { noOutcomes, sumOutcomes } from "./sumOutcomes";

const scoreBins = 50;

/** The bin of a probability among those of equal width. */
function scoreBin(probability: number): number {
  return Math.min(scoreBins - 1, Math.max(0, Math.floor(probability * scoreBins)));
}

/** Consecutive hold-out rows of one length are nearly independent of one another when they are long. */
const blocks = 20;

type Holdout = MonitoringReference["holdout"];

/** Which classes a version has, and the positive one of two. */
interface ModelClasses {
  classes: string[];
  positive?: string;
}

/**
 * The hold-out rows counted as served predictions are, in consecutive parts of equal length. Of more than two classes
 * only the predicted one's probability is kept, so that nothing is said of scores.
 */
export function holdoutOutcomes({ truths, predicted, probabilities }: Holdout, model: ModelClasses) {
  const rows = truths.length;
  const length = Math.max(1, Math.ceil(rows / blocks));
  const parts: OutcomeProfile[] = [];
  for (let from = 0; from < rows; from += length) {
    const slice = <T>(list: T[]) => list.slice(from, from + length);
    parts.push(
      model.classes.length === 0
        ? valueOutcomes(slice(truths), slice(predicted))
        : classOutcomes(model, slice(truths), slice(predicted), slice(probabilities)),
    );
  }
  return { whole: sumOutcomes(model.classes, parts), parts };
}

function valueOutcomes(truths: number[], predicted: number[]): OutcomeProfile {
  const values = { sumError: 0, sumAbsolute: 0, sumSquares: 0, sumTruth: 0, sumTruthSquares: 0 };
  for (const [row, truth] of truths.entries()) {
    const error = predicted[row] - truth;
    values.sumError += error;
    values.sumAbsolute += Math.abs(error);
    values.sumSquares += error * error;
    values.sumTruth += truth;
    values.sumTruthSquares += truth * truth;
  }
  return { ...noOutcomes([]), predictions: truths.length, labelled: truths.length, values };
}

function classOutcomes(
  { classes, positive }: ModelClasses,
  truths: number[],
  predicted: number[],
  probabilities: number[],
): OutcomeProfile {
  const outcomes = noOutcomes(classes);
  outcomes.predictions = truths.length;
  outcomes.labelled = truths.length;
  outcomes.wrongInOrder = truths.map((truth, row) => (truth === predicted[row] ? "0" : "1")).join("");
  for (const [row, truth] of truths.entries()) outcomes.confusion[truth][predicted[row]]++;
  if (positive === undefined) return { ...outcomes, sumBrier: Number.NaN, sumLogLoss: Number.NaN };
  const bins = emptyBins();
  const code = classes.indexOf(positive);
  for (const [row, truth] of truths.entries()) {
    const [p, y] = [probabilities[row], truth === code ? 1 : 0];
    const bin = scoreBin(p);
    bins.rows[bin]++;
    bins.labelled[bin]++;
    bins.sums[bin] += p;
    bins.positives[bin] += y;
    outcomes.sumBrier += 2 * (p - y) ** 2;
    outcomes.sumLogLoss -= Math.log(Math.min(Math.max(y === 1 ? p : 1 - p, Number.EPSILON), 1 - Number.EPSILON));
  }
  return { ...outcomes, scores: { [positive]: bins } };
}

function emptyBins(): ScoreBins {
  const zeros = () => new Array<number>(scoreBins).fill(0);
  return { rows: zeros(), sums: zeros(), labelled: zeros(), positives: zeros() };
}
