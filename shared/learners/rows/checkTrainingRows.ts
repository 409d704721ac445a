import { AppError } from "../../errors";
import type { FeatureTable } from "../../featureTable";
import type { ClassTarget, TrainingTarget, ValueTarget } from "../trainer";

/** Refuses, with AppError invalid_input, a target of numbers for a learner of classes. */
export function requireClasses(learner: string, target: TrainingTarget): asserts target is ClassTarget {
  if (target.task !== "classification")
    throw new AppError("invalid_input", `${learner} learns classes; the label of this use case is a number`);
}

/** Refuses, with AppError invalid_input, a target of classes for a learner of numbers. */
export function requireValues(learner: string, target: TrainingTarget): asserts target is ValueTarget {
  if (target.task !== "regression")
    throw new AppError("invalid_input", `${learner} learns numbers; the label of this use case is a class`);
}

/**
 * Refuses, with AppError invalid_input, rows that no learner can learn from; one weight per row, all 1 without
 * `sampleWeights`.
 */
export function checkTrainingRows(table: FeatureTable, target: TrainingTarget, sampleWeights?: Float64Array): void {
  if (table.numbers.length + table.categories.length === 0) fail("there are no features to learn from");
  const labels = target.task === "classification" ? target.codes : target.values;
  if (labels.length !== table.rowCount)
    fail(`${table.rowCount} rows but ${labels.length} labels; every training row needs one`);
  if (sampleWeights) checkWeights(sampleWeights, table.rowCount);
  if (target.task === "classification") checkClasses(table, target, sampleWeights);
  else checkValues(target.values, sampleWeights);
}

function checkClasses(table: FeatureTable, target: ClassTarget, sampleWeights?: Float64Array): void {
  const present = new Set<number>();
  for (let row = 0; row < table.rowCount; row++)
    if (sampleWeights === undefined || sampleWeights[row] > 0) present.add(target.codes[row]);
  for (const code of present)
    if (target.classes[code] === undefined)
      fail(`a label has the code ${code}, there are ${target.classes.length} classes`);
  if (present.size === 0) fail("there are no training rows");
  if (present.size === 1) {
    const [only] = present;
    fail(
      `all ${table.rowCount} training rows have the class "${target.classes[only]}"; at least two classes are needed`,
    );
  }
}

/** Finite as float32, which is what a graph answers with. */
function checkValues(values: Float64Array, sampleWeights?: Float64Array): void {
  const bad = values.findIndex((value) => !Number.isFinite(Math.fround(value)));
  if (bad >= 0) fail(`the label of row ${bad} is ${values[bad]}; labels are finite float32 numbers`);
  const counts = (_: number, row: number) => sampleWeights === undefined || sampleWeights[row] > 0;
  const first = values.find(counts);
  if (first === undefined) fail("there are no training rows");
  if (!values.some((value, row) => value !== first && counts(value, row)))
    fail(`all ${values.length} training rows have the label ${first}; at least two values are needed`);
}

function checkWeights(weights: Float64Array, rowCount: number): void {
  if (weights.length !== rowCount) fail(`${rowCount} rows but ${weights.length} sample weights`);
  const bad = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (bad >= 0) fail(`the sample weight of row ${bad} is ${weights[bad]}; weights are finite and not negative`);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum === Number.POSITIVE_INFINITY) fail("the sample weights are too large: their sum is not a finite number");
}

function fail(message: string): never {
  throw new AppError("invalid_input", message);
}
