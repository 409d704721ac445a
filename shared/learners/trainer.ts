import type { z } from "zod";
import type { FeatureTable } from "../featureTable";

/** What a learner predicts: one of several classes, or a number. */
export type Task = "classification" | "regression";

/** The class of each row, as an index into `classes`. */
export interface ClassTarget {
  task: "classification";
  classes: readonly string[];
  /** per row: 0 to classes.length - 1 */
  codes: Int32Array;
}

/** The number of each row; finite. */
export interface ValueTarget {
  task: "regression";
  values: Float64Array;
}

export type TrainingTarget = ClassTarget | ValueTarget;

export type ClassWeights = "balanced" | Record<string, number>;

export interface FitContext {
  seed: number;
  /** one weight per row, finite and not negative; without them every row weighs 1 */
  sampleWeights?: Float64Array;
  /**
   * a factor on the weight of every row of a class, those not named 1; "balanced" gives all classes the same sum.
   * fitModel takes them into sampleWeights: learners never see them.
   */
  classWeights?: ClassWeights;
  /**
   * from fitModel where there are class weights: the sample weights without them, by the real frequency of rows;
   * calibrators use these
   */
  plainWeights?: Float64Array;
  /** two classes: a probability of the positive class at or above it makes the label positive; 0.5 by default */
  decisionThreshold?: number;
  /** two classes: which of `classes` is the positive one; the second by default */
  positiveIndex?: number;
  /** epoch ms per row where rows have a time: what a learner holds back for validation is then the newest part */
  times?: Float64Array;
  onProgress?(fraction: number): void;
}

export interface FittedModel {
  /**
   * Class probabilities, rows x classes, row-major; with regression one value per row. Each is a float32, as the graph
   * gives it.
   */
  predict(table: FeatureTable): Float64Array;
  /**
   * The model as ONNX bytes: raw features in (`numbers`, `categories`); `label` and `probabilities` out, with
   * regression `value` [rows, 1].
   */
  toOnnx(): Uint8Array;
}

/** A learner: the same table, target, parameters and seed always give the same model, bit for bit. */
export interface Trainer<P> {
  readonly learner: string;
  readonly tasks: readonly Task[];
  /** strict object with defaults and ranges */
  readonly parameters: z.ZodType<P>;
  /**
   * AppError invalid_input when the rows cannot be learned from (none, one class only, bad weights) or the task is not
   * among `tasks`.
   */
  fit(table: FeatureTable, target: TrainingTarget, parameters: P, context: FitContext): FittedModel;
}
