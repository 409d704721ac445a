/** The app's own counts of one hour or more, over all instances; they add up. */
export interface ServiceProfile {
  /** scoring requests of the model by status */
  requests: Record<string, number>;
  /** latencies of answered scoring requests, ms: rows by logarithmic bucket, `latencyBucket` says which */
  latencies: number[];
  /** of functions and handlers, by error code or class name */
  exceptions: Record<string, number>;
  /** error events by name (docs/telemetry.md) */
  errorEvents: Record<string, number>;
  /** processes that started, and ms from process start to ready of each, by the same buckets */
  starts: number;
  startLatencies: number[];
  /** event-loop delay, ms: samples by the same buckets */
  loopDelays: number[];
  /** largest resident set of any process, bytes */
  memoryBytes: number;
  /** longest queue seen, by name, poison queues among them */
  queues: Record<string, number>;
  /** minutes in which an instance reported */
  minutes: number;
}

/** Bucket i holds what is above `smallestMs` * growth^(i - 1), up to `smallestMs` * growth^i; the first all below. */
const smallestMs = 0.01;
/** a bucket's value is within 4 % of all that it holds */
const relativeError = 0.04;
const growth = (1 + relativeError) / (1 - relativeError);
const logGrowth = Math.log(growth);
const longestMs = 3_600_000;
export const latencyBuckets = Math.ceil(Math.log(longestMs / smallestMs) / logGrowth) + 1;

/**
 * The bucket of a duration in ms; one that is not positive goes into the first, one of more than an hour into the last.
 * Source: the logarithmic mapping of DDSketch (https://arxiv.org/abs/1908.10693).
 */
export function latencyBucket(ms: number): number {
  if (!(ms > smallestMs)) return 0;
  return Math.min(Math.ceil(Math.log(ms / smallestMs) / logGrowth), latencyBuckets - 1);
}

/** The duration in ms by which a bucket is told. */
function bucketMs(bucket: number): number {
  return bucket === 0 ? smallestMs : (2 * smallestMs * growth ** bucket) / (growth + 1);
}

/**
 * The smallest duration that is no shorter than `share` of all counted ones (0 to 1), within 4 %; undefined where none
 * was counted.
 */
export function percentileMs(buckets: readonly number[], share: number): number | undefined {
  const total = countOf(buckets);
  if (total === 0) return undefined;
  const rank = Math.max(1, Math.ceil(share * total));
  let seen = 0;
  for (let bucket = 0; bucket < buckets.length; bucket++) {
    seen += buckets[bucket];
    if (seen >= rank) return bucketMs(bucket);
  }
  return undefined;
}

/** All that a histogram counted. */
export function countOf(buckets: readonly number[]): number {
  let total = 0;
  for (const count of buckets) total += count;
  return total;
}

export function emptyServiceProfile(): ServiceProfile {
  return {
    requests: {},
    latencies: emptyBuckets(),
    exceptions: {},
    errorEvents: {},
    starts: 0,
    startLatencies: emptyBuckets(),
    loopDelays: emptyBuckets(),
    memoryBytes: 0,
    queues: {},
    minutes: 0,
  };
}

function emptyBuckets(): number[] {
  return new Array<number>(latencyBuckets).fill(0);
}

/** Adds what `part` counted to `sum`. */
export function addServiceProfile(sum: ServiceProfile, part: ServiceProfile): void {
  addCounts(sum.requests, part.requests);
  addBuckets(sum.latencies, part.latencies);
  addCounts(sum.exceptions, part.exceptions);
  addCounts(sum.errorEvents, part.errorEvents);
  sum.starts += part.starts;
  addBuckets(sum.startLatencies, part.startLatencies);
  addBuckets(sum.loopDelays, part.loopDelays);
  sum.memoryBytes = Math.max(sum.memoryBytes, part.memoryBytes);
  for (const [queue, length] of Object.entries(part.queues))
    sum.queues[queue] = Math.max(ownCount(sum.queues, queue), length);
  sum.minutes += part.minutes;
}

/** Counts `count` more of a name. */
export function addCount(counts: Record<string, number>, name: string, count: number): void {
  counts[name] = ownCount(counts, name) + count;
}

function ownCount(counts: Record<string, number>, name: string): number {
  return Object.hasOwn(counts, name) ? counts[name] : 0;
}

function addCounts(sum: Record<string, number>, part: Record<string, number>): void {
  for (const [name, count] of Object.entries(part)) addCount(sum, name, count);
}

function addBuckets(sum: number[], part: readonly number[]): void {
  for (let bucket = 0; bucket < part.length; bucket++) sum[bucket] += part[bucket];
}

/** What became of the scoring requests of a profile. */
export interface RequestCounts {
  all: number;
  /** answered with a prediction */
  answered: number;
  /** the caller's fault: status 400 to 499 */
  refused: number;
  /** ours: status 500 and above */
  failed: number;
}

export function requestCounts({ requests }: Pick<ServiceProfile, "requests">): RequestCounts {
  const counts = { all: 0, answered: 0, refused: 0, failed: 0 };
  for (const [status, count] of Object.entries(requests)) {
    counts.all += count;
    if (Number(status) >= 500) counts.failed += count;
    else if (Number(status) >= 400) counts.refused += count;
    else counts.answered += count;
  }
  return counts;
}
