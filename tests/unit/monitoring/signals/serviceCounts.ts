import { emptyServiceProfile, latencyBucket, type ServiceProfile } from "../../../../shared/monitoring/serviceProfile";
import type { TimeRange } from "../../../../shared/monitoring/windowProfile";
import { at, type Known } from "./watchedRows";

/** What an app counted that answered so many requests of each status, each in so many ms. */
export function served(requests: Record<string, number>, latencyMs = 20): ServiceProfile {
  const profile = emptyServiceProfile();
  profile.latencies[latencyBucket(latencyMs)] = requests["200"] ?? 0;
  return { ...profile, requests, minutes: 15 };
}

/** A model whose newest minutes were such, and whose days before were such. */
export function service(newest: ServiceProfile, before = served({ 200: 70_000 })): Known {
  const isNewest = ({ from, to }: TimeRange) => to >= at && at.getTime() - from.getTime() <= 3_600_000;
  return { service: async (range) => (isNewest(range) ? newest : before) };
}

const nothing = emptyServiceProfile();

export const serviceSample = {
  usual: service(served({ 200: 995, 400: 5 })),
  empty: service(nothing, nothing),
  wrong: service({ ...served({ 200: 500, 500: 300, 503: 200 }, 3000), exceptions: { TypeError: 300 } }),
};
