import { z } from "zod";
import { documentType, objectOf } from "../documents";
import { outcomeSchema } from "../monitoring/outcomeDocument";
import type { OutcomeProfile } from "../monitoring/outcomeProfile";

/** The outcomes of an hour, and what they were counted from. */
export interface KeptHour {
  /** a path: "2013/07/01/09" */
  hour: string;
  /** hours of the times of its rows */
  rowHours: string[];
  /** names and sizes of the blobs that were read, hashed */
  fingerprint: string;
  outcomes: OutcomeProfile;
}

/** The outcomes of a version in a day, by hour. */
export interface DayOutcomes {
  hours: KeptHour[];
}

export const dayOutcomeDocument = documentType(
  objectOf<DayOutcomes>({
    hours: z.array(
      objectOf<KeptHour>({
        hour: z.string(),
        rowHours: z.array(z.string()),
        fingerprint: z.string(),
        outcomes: outcomeSchema,
      }),
    ),
  }),
  [],
);
