import { AppError } from "../../errors";
import { ownValue } from "../../ownValue";
import type { ClassWeights, TrainingTarget } from "../trainer";

/**
 * The sample weights times the weight of each row's class; "balanced" is n / (k n_c) of scikit-learn (King and Zeng
 * 2001) with n the sum of sample weights, k the classes that occur and n_c the sum of one. AppError invalid_input for
 * an unknown class or a bad weight.
 */
export function weighClasses(
  target: TrainingTarget,
  classWeights: ClassWeights | undefined,
  sampleWeights: Float64Array | undefined,
): Float64Array | undefined {
  if (classWeights === undefined) return sampleWeights;
  if (target.task !== "classification") throw new AppError("invalid_input", "class weights need a label of classes");
  const { classes, codes } = target;
  const own = sampleWeights ?? new Float64Array(codes.length).fill(1);
  const factors = classWeights === "balanced" ? balance(classes.length, codes, own) : named(classes, classWeights);
  return own.map((weight, row) => weight * factors[codes[row]]);
}

function balance(classCount: number, codes: Int32Array, weights: Float64Array): number[] {
  const sums = new Float64Array(classCount);
  for (let row = 0; row < codes.length; row++) sums[codes[row]] += weights[row];
  const total = sums.reduce((sum, one) => sum + one, 0);
  const present = sums.filter((sum) => sum > 0).length;
  return Array.from(sums, (sum) => (sum > 0 ? total / (present * sum) : 0));
}

function named(classes: readonly string[], weights: Record<string, number>): number[] {
  for (const [name, weight] of Object.entries(weights)) {
    if (!classes.includes(name))
      throw new AppError("invalid_input", `class weights name "${name}"; the classes are ${classes.join(", ")}`);
    if (!(weight >= 0 && weight < Infinity))
      throw new AppError(
        "invalid_input",
        `the weight of class "${name}" is ${weight}; weights are finite and not negative`,
      );
  }
  return classes.map((name) => ownValue(weights, name) ?? 1);
}
