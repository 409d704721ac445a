import type { NumberRows, PredictRows } from "../model/numberRows";

/** The game that Shapley values of any model share: absent features take their values from the background rows, together. */
export interface ShapleyGame {
  predict: PredictRows;
  background: NumberRows;
  /** the model's value of each background row; their mean is the base value */
  backgroundValues: Float64Array;
}

export interface ShapleyValues {
  /** one a column; they add up to the row's prediction less the mean of the background's */
  values: Float64Array;
  /** standard error of each value; absent where the values are exact */
  standardErrors?: Float64Array;
}
