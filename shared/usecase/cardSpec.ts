import { z } from "zod";

/** What people say about a use case's models; it is shown on every version's model card. */
export const cardSpec = z.strictObject({
  /** who decides what with the predictions */
  intendedUse: z.string().optional(),
  /** what the models must not be used for, and where they are known to be weak */
  limits: z.array(z.string()).default([]),
  owners: z.array(z.string()).default([]),
  /** where to ask */
  contact: z.string().optional(),
});
