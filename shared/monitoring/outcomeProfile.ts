/** Predictions of one version whose truth may be known, counted by the hour in which they were made; they add up. */
export interface OutcomeProfile {
  predictions: number;
  /** of those, the truth is known of so many */
  labelled: number;
  /** in the order of the version's probabilities; empty for regression */
  classes: string[];
  /** labelled rows by true class, then by predicted class */
  confusion: number[][];
  /** by class (the positive one of two only): 50 bins of equal width of its probability */
  scores: Record<string, ScoreBins>;
  /** sums over the labelled rows: of squared errors of the probabilities (Brier, over all classes) and of log losses */
  sumBrier: number;
  sumLogLoss: number;
  /**
   * regression: sums over the labelled rows of the error (predicted minus true), its absolute and squared value, and of
   * truths
   */
  values?: ValueSums;
  /** labelled rows in the order of their predictions: "1" where the predicted class is wrong; classification only */
  wrongInOrder: string;
  /** by slice "column=level": the confusion of its rows; at most 200 slices */
  slices: Record<string, number[][]>;
  /** regression: by slice the sums of its labelled rows; at most 200 slices */
  sliceValues?: Record<string, SliceValues>;
}

export interface ValueSums {
  sumError: number;
  sumAbsolute: number;
  sumSquares: number;
  sumTruth: number;
  sumTruthSquares: number;
}

export interface SliceValues extends ValueSums {
  rows: number;
}

export interface ScoreBins {
  rows: number[];
  sums: number[];
  labelled: number[];
  positives: number[];
}

/** The outcomes of one hour. */
export interface HourOutcomes {
  hour: Date;
  outcomes: OutcomeProfile;
}
