import { z } from "zod";
import { actionPolicies } from "../alerts/actionPolicies";
import { scheduleFields, scheduleText, timeZoneName } from "../monitoring/schedule";

/** When what was scored becomes a dataset version by itself. */
const fromInferenceSpec = z.strictObject({
  ...scheduleFields("daily"),
  /** rows are registered so long after their window has ended: as long as their truth takes, without a horizon */
  delayHours: z.number().min(0).default(0),
});

/** What happens by itself: which events start a run, and what alerts start. */
export const policiesSpec = z.strictObject({
  onNewData: z.enum(["train", "none"]).default("train"),
  ...actionPolicies,
  /** hours between scheduled retraining runs; without it only new data and drift retrain */
  retrainEveryHours: z.number().positive().optional(),
  /** a run whenever this comes due, however old the last one is: "daily 12:00", "Monday 11:00", or NCRONTAB */
  retrainAt: scheduleText.optional(),
  /** of `retrainAt` (IANA) */
  timeZone: timeZoneName.default("UTC"),
  /**
   * without it 1 % of the rows that the last run trained on, and 100 at least; a run that a person forces has no
   * minimum
   */
  minNewLabelledRows: z.int().min(1).optional(),
  /** without it what was scored becomes a dataset only where a person asks for it */
  fromInference: fromInferenceSpec.optional(),
});
