/** The alert that inputs differ from the training rows: a signal raises it, and policies name actions for it. */
export const inputDriftRule = "input-drift";

/** The alerts about the rows that a model gets and about its datasets. */
export const dataIntegrityRule = "data-integrity";
export const staleDataRule = "stale-data";
export const noNewDatasetRule = "no-new-dataset";
export const upstreamChangeRule = "upstream-change";
export const driftMagnitudeRule = "drift-magnitude";
export const relationsRule = "relations";
export const threatRule = "threat";
