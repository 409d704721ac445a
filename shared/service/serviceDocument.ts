import { z } from "zod";
import { documentType, numberList, objectOf, unchanged } from "../documents";
import { addServiceProfile, emptyServiceProfile, type ServiceProfile } from "../monitoring/serviceProfile";

/** A service profile as it is stored: without what is zero, and with each histogram as bucket, count, bucket, count. */
export type KeptService = Partial<ServiceProfile>;

/** What was counted from an instant on, of the app and of each model; how long, the document says. */
export interface KeptSlice {
  start: string;
  app: KeptService;
  models: Record<string, KeptService>;
}

const counts = z.record(z.string(), z.number());

const kept = objectOf<KeptService>({
  requests: counts.optional(),
  latencies: numberList.optional(),
  exceptions: counts.optional(),
  errorEvents: counts.optional(),
  starts: z.number().optional(),
  startLatencies: numberList.optional(),
  loopDelays: numberList.optional(),
  memoryBytes: z.number().optional(),
  queues: counts.optional(),
  minutes: z.number().optional(),
});

const slices = z.array(objectOf<KeptSlice>({ start: z.iso.datetime(), app: kept, models: z.record(z.string(), kept) }));

/** What one process counted in an hour, by slices of five minutes. */
export const hourDocument = documentType(objectOf<{ slices: KeptSlice[] }>({ slices }), [unchanged]);

/** What all processes counted on a day (UTC), by hours; `parts` tells which documents of hours it was made of. */
export const dayDocument = documentType(
  objectOf<{ parts: string; hours: KeptSlice[] }>({ parts: z.string(), hours: slices }),
  [unchanged],
);

/** A profile without what is zero. */
export function keptService(profile: ServiceProfile): KeptService {
  const { latencies, startLatencies, loopDelays, ...plain } = profile;
  const some = Object.entries({
    ...plain,
    latencies: pairsOf(latencies),
    startLatencies: pairsOf(startLatencies),
    loopDelays: pairsOf(loopDelays),
  }).filter(([, value]) => (typeof value === "number" ? value !== 0 : Object.keys(value).length > 0));
  return Object.fromEntries(some);
}

/** Adds what is stored of a slice to `sum`. */
export function addKept(sum: ServiceProfile, stored: KeptService): void {
  const { latencies = [], startLatencies = [], loopDelays = [], ...plain } = stored;
  addServiceProfile(sum, { ...nothing, ...plain });
  addPairs(sum.latencies, latencies);
  addPairs(sum.startLatencies, startLatencies);
  addPairs(sum.loopDelays, loopDelays);
}

const nothing: ServiceProfile = { ...emptyServiceProfile(), latencies: [], startLatencies: [], loopDelays: [] };

function pairsOf(buckets: readonly number[]): number[] {
  return buckets.flatMap((count, bucket) => (count === 0 ? [] : [bucket, count]));
}

function addPairs(sum: number[], pairs: readonly number[]): void {
  for (let at = 0; at + 1 < pairs.length; at += 2) if (pairs[at] < sum.length) sum[pairs[at]] += pairs[at + 1];
}
