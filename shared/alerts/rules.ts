/** The alert that inputs differ from the training rows: a signal raises it, and policies name actions for it. */
export const inputDriftRule = "input-drift";
