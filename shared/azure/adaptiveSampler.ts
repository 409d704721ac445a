const windowMs = 1000;

/**
 * Chooses the share of requests to record: all of them up to a number per second, then the share that keeps to that
 * number, by the last second's count.
 */
export class AdaptiveSampler {
  private windowStart = 0;
  private count = 0;
  private rate = 1;

  constructor(private readonly fullPerSecond: number) {}

  /** Counts a request at `nowMs` and returns the share (0 to 1] to record now. */
  rateNow(nowMs: number): number {
    const age = nowMs - this.windowStart;
    if (age >= windowMs) {
      const perSecond = age < 2 * windowMs ? (this.count * windowMs) / age : 0;
      this.rate = perSecond <= this.fullPerSecond ? 1 : this.fullPerSecond / perSecond;
      this.windowStart = nowMs;
      this.count = 0;
    }
    this.count++;
    // a burst within the second: once the full number is through, the rest of it is thinned
    if (this.count * this.rate > this.fullPerSecond) return this.fullPerSecond / this.count;
    return this.rate;
  }
}
