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
