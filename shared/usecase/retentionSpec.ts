import { z } from "zod";
import type { SpecFault } from "./specFault";

/** How many days something is kept; 0 keeps it for ever. */
export const retentionSpec = z.strictObject({
  /** captured requests, and their counts by hour */
  captureDays: z.int().min(0).default(90),
  /** the counts of captured requests by day and month, which hold no row */
  profileDays: z.int().min(0).default(1095),
});

export type Retention = z.infer<typeof retentionSpec>;

/** Finds counts that would be gone before the requests that they were made of. */
export function checkRetention({ retention }: { retention: Retention }, fault: SpecFault): void {
  const { captureDays, profileDays } = retention;
  if (profileDays > 0 && (captureDays === 0 || captureDays > profileDays))
    fault(["retention", "profileDays"], "counts are kept at least as long as the captured requests (captureDays)");
}
