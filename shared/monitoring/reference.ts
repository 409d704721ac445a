import type { Profile } from "./profile";
import type { CellFaults, MomentSums, PredictionProfile } from "./windowProfile";

/** What a version was like when it was made: what signals compare it with, beside its training profile. */
export interface MonitoringReference {
  /** training rows by UTC day, in the bins of the training profile; absent where rows have no time */
  days?: ReferenceDay[];
  /** over all training rows, in the order of the profile's features */
  faults: CellFaults[];
  moments: MomentSums;
  /** hold-out rows as the version predicted them */
  holdout: {
    /** in the bins of the training profile; versions that were made before it was kept have none */
    inputs?: Profile;
    moments?: MomentSums;
    predictions: PredictionProfile;
    /** regression: edges of the bins of the predicted values */
    valueEdges?: number[];
    /**
     * at most 20,000 rows in order of time, drawn evenly: probability of the positive class (or of the predicted one)
     */
    probabilities: number[];
    /** the classes of those rows, by their place in the signature's classes; regression: the true values */
    truths: number[];
    predicted: number[];
  };
  /** each input's share of the version's permutation importance, in the order of the inputs */
  importance?: number[];
}

export interface ReferenceDay {
  /** "2013-07-01" */
  day: string;
  inputs: Profile;
  moments: MomentSums;
}
