import { z } from "zod";

/** What a version must show before it is promoted. */
export const gatesSpec = z.strictObject({
  /** stop a version whose hold-out has fewer rows */
  minHoldoutRows: z.int().min(1).default(30),
  /** absolute limits on the selection metric, optional */
  threshold: z.number().optional(),
  confidence: z.number().gt(0.5).lt(1).default(0.95),
  /** intervals draw whole blocks of so many days; by default as long as the errors are correlated */
  blockDays: z.number().positive().optional(),
  /** draws of an interval; fewer, but at least 400, where rows times draws would pass 40 million */
  bootstrapSamples: z.int().min(200).max(20_000).default(2000),
});
