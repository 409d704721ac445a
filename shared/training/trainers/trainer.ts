import type { z } from "zod";
import type { FeatureTable } from "../../data/featureTable";

/** The class of each row, as an index into `classes`. */
export interface ClassTarget {
  classes: readonly string[];
  /** a row: 0 to classes.length - 1 */
  codes: Int32Array;
}

export interface FitContext {
  seed: number;
  /** one weight a row, finite and not negative; without them every row weighs 1 */
  sampleWeights?: Float64Array;
  /** two classes: a probability of the positive class at or above it makes the label positive; 0.5 by default */
  decisionThreshold?: number;
  /** two classes: which of `classes` is the positive one; the second by default */
  positiveIndex?: number;
  onProgress?(fraction: number): void;
}

export interface FittedModel {
  /** Rows x classes, row-major; each value is a float32, as the graph gives it. */
  predictProbabilities(table: FeatureTable): Float64Array;
  /** The model as ONNX bytes: raw features in (`numbers`, `categories`), `label` and `probabilities` out. */
  toOnnx(): Uint8Array;
}

/** A learner: the same table, target, parameters and seed always give the same model, bit for bit. */
export interface Trainer<P> {
  readonly learner: string;
  /** strict object with defaults and ranges */
  readonly parameters: z.ZodType<P>;
  /** AppError invalid_input when the rows cannot be learnt from (none, one class only, bad weights). */
  fit(table: FeatureTable, target: ClassTarget, parameters: P, context: FitContext): FittedModel;
}
