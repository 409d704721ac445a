import { likeliest } from "../math/likeliest";
import type { OutcomeProfile, ScoreBins, SliceValues, ValueSums } from "./outcomeProfile";

/** A prediction with what became of it. */
export interface Outcome {
  /** classes by their place; absent with regression */
  predicted?: number;
  /** of every class, where the model tells them */
  probabilities?: readonly number[];
  value?: number;
  /** the true class by its place, or the true value; absent while it is not known */
  truth?: number;
  /** "column=level" */
  slices: readonly string[];
}

const scoreBins = 50;
const mostSlices = 200;
/** a probability of 0 for what came true would make the log loss infinite (scikit-learn's log_loss clips alike) */
const leastProbability = Number.EPSILON;

/** What is counted of a version: its classes in order, none with regression. */
export interface OutcomeShape {
  classes: readonly string[];
  /** the classes whose probabilities are counted: the positive one of two */
  scored: readonly string[];
}

/** The outcomes of no predictions. */
export function emptyOutcomes({ classes, scored }: OutcomeShape): OutcomeProfile {
  return {
    predictions: 0,
    labelled: 0,
    classes: [...classes],
    confusion: emptyConfusion(classes.length),
    scores: Object.fromEntries(scored.map((name) => [name, emptyScores()])),
    sumBrier: 0,
    sumLogLoss: 0,
    ...(classes.length === 0 && { values: noErrors(), sliceValues: {} }),
    wrongInOrder: "",
    slices: {},
  };
}

function emptyConfusion(size: number): number[][] {
  return Array.from({ length: size }, () => new Array<number>(size).fill(0));
}

function emptyScores(): ScoreBins {
  const none = () => new Array<number>(scoreBins).fill(0);
  return { rows: none(), sums: none(), labelled: none(), positives: none() };
}

function noErrors(): ValueSums {
  return { sumError: 0, sumAbsolute: 0, sumSquares: 0, sumTruth: 0, sumTruthSquares: 0 };
}

/** Counts predictions in the order in which they were made. */
export function countOutcomes(shape: OutcomeShape, outcomes: Iterable<Outcome>): OutcomeProfile {
  const profile = emptyOutcomes(shape);
  const wrong: string[] = [];
  for (const outcome of outcomes) {
    profile.predictions++;
    addScores(profile, shape, outcome);
    if (outcome.truth === undefined) continue;
    profile.labelled++;
    if (profile.values !== undefined) addValue(profile, outcome, outcome.truth);
    else wrong.push(addClass(profile, outcome, outcome.truth));
  }
  profile.wrongInOrder = wrong.join("");
  return profile;
}

function addScores(profile: OutcomeProfile, { classes, scored }: OutcomeShape, outcome: Outcome): void {
  const { probabilities, truth } = outcome;
  if (probabilities === undefined) return;
  for (const name of scored) {
    const code = classes.indexOf(name);
    const score = probabilities[code];
    const bins = profile.scores[name];
    const bin = Math.min(Math.max(Math.floor(score * scoreBins), 0), scoreBins - 1);
    bins.rows[bin]++;
    bins.sums[bin] += score;
    if (truth === undefined) continue;
    bins.labelled[bin]++;
    if (truth === code) bins.positives[bin]++;
  }
}

/** "1" where the prediction was wrong, else "0". */
function addClass(profile: OutcomeProfile, { predicted, probabilities, slices }: Outcome, truth: number): string {
  const decided = predicted ?? likeliest(probabilities as number[], 0, profile.classes.length);
  profile.confusion[truth][decided]++;
  for (const slice of slices) {
    const confusion = sliceOf(profile.slices, slice, () => emptyConfusion(profile.classes.length));
    if (confusion !== undefined) confusion[truth][decided]++;
  }
  if (probabilities !== undefined) {
    for (const [code, probability] of probabilities.entries())
      profile.sumBrier += (probability - (code === truth ? 1 : 0)) ** 2;
    profile.sumLogLoss -= Math.log(Math.min(Math.max(probabilities[truth], leastProbability), 1 - leastProbability));
  }
  return decided === truth ? "0" : "1";
}

function addValue(profile: OutcomeProfile, { value = Number.NaN, slices }: Outcome, truth: number): void {
  addError(profile.values as ValueSums, value, truth);
  for (const slice of slices) {
    const none = () => ({ rows: 0, ...noErrors() });
    const errors = sliceOf(profile.sliceValues as Record<string, SliceValues>, slice, none);
    if (errors === undefined) continue;
    errors.rows++;
    addError(errors, value, truth);
  }
}

function addError(errors: ValueSums, value: number, truth: number): void {
  const error = value - truth;
  errors.sumError += error;
  errors.sumAbsolute += Math.abs(error);
  errors.sumSquares += error * error;
  errors.sumTruth += truth;
  errors.sumTruthSquares += truth * truth;
}

/** The entry of a slice, a new one while there are few. */
function sliceOf<T>(slices: Record<string, T>, name: string, none: () => T): T | undefined {
  if (!Object.hasOwn(slices, name)) {
    if (Object.keys(slices).length >= mostSlices) return undefined;
    slices[name] = none();
  }
  return slices[name];
}
