import type { NumberRows, PredictRows } from "../model/numberRows";

/**
 * The game behind the Shapley values of any model: absent features take their values jointly from the background rows.
 */
export interface ShapleyGame {
  predict: PredictRows;
  background: NumberRows;
  /** the model's value for each background row; their mean is the base value */
  backgroundValues: Float64Array;
}

export interface ShapleyValues {
  /** one per column; they add up to the row's prediction minus the mean of the background's */
  values: Float64Array;
  /** standard error of each value; absent if the values are exact */
  standardErrors?: Float64Array;
}
