import { z } from "zod";

/** What every change by hand carries: why it is made, and the name of the person who makes it. */
export const manualChange = z.strictObject({
  reason: z.string().trim().min(1).max(500),
  actor: z.string().trim().min(1).max(100),
});
