import { z } from "zod";
import { actionPolicies } from "../alerts/actionPolicies";

/** What happens by itself: which events start a run, and what alerts start. */
export const policiesSpec = z.strictObject({
  onNewData: z.enum(["train", "none"]).default("train"),
  ...actionPolicies,
  /** hours between scheduled retraining runs; without it only new data and drift retrain */
  retrainEveryHours: z.number().positive().optional(),
  /**
   * without it 1 % of the rows that the last run trained on, and 100 at least; a run that a person forces has no
   * minimum
   */
  minNewLabelledRows: z.int().min(1).optional(),
});
