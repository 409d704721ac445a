import { percentileMs, requestCounts, type ServiceProfile } from "../monitoring/serviceProfile";
import { startOfHour } from "../time";
import { profileOf, type ReadSlice } from "./serviceReader";

/** What the service of a model was like in a time, as people read it; null where nothing was counted. */
export interface ServiceFigures {
  requests: number;
  byStatus: Record<string, number>;
  /** share of requests that were not answered 503 or 504 */
  availability: number | null;
  failedShare: number | null;
  latencyMs: Percentiles | null;
  exceptions: Record<string, number>;
  errorEvents: Record<string, number>;
  starts: number;
  startMs: Percentiles | null;
  loopDelayMs: Percentiles | null;
  memoryMb: number;
  queues: Record<string, number>;
  /** minutes in which an instance reported */
  instanceMinutes: number;
}

interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
}

/** The figures of each hour, oldest first, and of all of them together. */
export function serviceSeries(model: string, slices: readonly ReadSlice[]) {
  const hours = [...Map.groupBy(slices, ({ startMs }) => startOfHour(startMs))].sort(([a], [b]) => a - b);
  return {
    total: figuresOf(profileOf(model, slices)),
    hours: hours.map(([startMs, ofHour]) => ({ hour: new Date(startMs), ...figuresOf(profileOf(model, ofHour)) })),
  };
}

function figuresOf(profile: ServiceProfile): ServiceFigures {
  const { all, failed } = requestCounts(profile);
  const away = (profile.requests["503"] ?? 0) + (profile.requests["504"] ?? 0);
  return {
    requests: all,
    byStatus: profile.requests,
    availability: all === 0 ? null : 1 - away / all,
    failedShare: all === 0 ? null : failed / all,
    latencyMs: percentilesOf(profile.latencies),
    exceptions: profile.exceptions,
    errorEvents: profile.errorEvents,
    starts: profile.starts,
    startMs: percentilesOf(profile.startLatencies),
    loopDelayMs: percentilesOf(profile.loopDelays),
    memoryMb: Math.round(profile.memoryBytes / 2 ** 20),
    queues: profile.queues,
    instanceMinutes: profile.minutes,
  };
}

function percentilesOf(buckets: readonly number[]): Percentiles | null {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentileMs(buckets, share));
  if (p50 === undefined || p95 === undefined || p99 === undefined) return null;
  const short = (ms: number) => Number(ms.toPrecision(3));
  return { p50: short(p50), p95: short(p95), p99: short(p99) };
}
