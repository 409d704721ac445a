import { z } from "zod";
import { scheduleFields } from "../schedule";

/** A use case's settings of its service signal; every field has a default. */
export const serviceLimits = z.strictObject({
  /** the newest requests of so many minutes are judged, every minute */
  windowMinutes: z.int().min(5).max(60).default(15),
  /** they are compared with the whole days before, so many */
  baselineDays: z.int().min(1).max(28).default(7),
  /** requests that shares and percentiles need */
  minRequests: z.int().min(1).default(20),
  /** the least share of requests that are not answered 503 or 504 */
  minAvailability: z.number().min(0).max(1).default(0.99),
  /** where no request comes, so many must have come at this time on each of the days before */
  minExpected: z.number().positive().default(20),
  /** the largest share of requests with status 500 and above */
  maxFailedShare: z.number().min(0).max(1).default(0.05),
  /** the largest share of requests with status 400 to 499 */
  maxRefusedShare: z.number().min(0).max(1).default(0.2),
  /** fewer failed or refused requests raise no alert, whatever their share */
  minFailures: z.int().min(1).default(5),
  /** the longest response times by percentile, ms; where a model is usually faster, its limit is lower */
  maxLatencyMs: z
    .strictObject({
      p50: z.number().positive().default(500),
      p95: z.number().positive().default(1000),
      p99: z.number().positive().default(2000),
    })
    .prefault({}),
  /** so many times what was usual on the days before */
  relativeFactor: z.number().min(1).default(3),
  /** the most exceptions of a kind in a window */
  maxExceptions: z.int().min(0).default(10),
  /** of the app as a whole: the longest queue, event-loop delay (p99), process memory and start */
  maxQueueLength: z.int().min(0).default(1000),
  maxLoopDelayMs: z.number().positive().default(500),
  maxMemoryMb: z.number().positive().default(1800),
  maxStartMs: z.number().positive().default(30_000),
  enabled: z.boolean().default(true),
  ...scheduleFields("hourly"),
});

export type ServiceLimits = z.infer<typeof serviceLimits>;
